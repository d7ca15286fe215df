"""Who they are and what both sides agreed."""
