"""A partnerships file: read, checked against what is known, and turned into changes."""
