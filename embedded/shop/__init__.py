"""A small demo shop that carries the tag, to follow a partner's link and buy by hand."""
