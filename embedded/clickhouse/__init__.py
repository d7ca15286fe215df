"""A ClickHouse server for one machine: the real engine in process, behind its own protocols."""
