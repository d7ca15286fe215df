"""Moves money."""
