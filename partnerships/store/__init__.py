"""Accounts, sites and agreements in PostgreSQL, and the outbox that announces them."""
