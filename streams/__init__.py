"""Decides what happened."""
