"""A real Kafka broker on this machine: jars by pinned digest, Java from a wheel, one process."""
