"""The books in PostgreSQL: what was closed, billed, charged and transferred, never rewritten."""
