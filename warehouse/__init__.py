"""Remembers what happened, and answers named questions."""
