"""Lets events in, once and durably."""
