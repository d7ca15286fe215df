"""The collector's HTTP: a small ASGI application, with one module per call."""
