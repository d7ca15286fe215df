"""A real PostgreSQL 18 on this machine: binaries from a wheel, one process, a unix socket only."""
