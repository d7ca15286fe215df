"""Which call answers which address: each reads, asks a view, and renders."""
