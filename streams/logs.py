"""How a worker writes its log: one line of key=value on stderr for each thing that happened."""

import logging
import sys

import structlog

_FORMAT = "timestamp=%(asctime)s level=%(levelname)s logger=%(name)s event=%(message)r"


def write_to_stderr() -> None:
    """Configure our own log and that of the libraries, from warnings up."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(_FORMAT))
    handler.addFilter(_without_traceback)
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    # In an outage it writes 75 lines a second; what matters is logged by our own adapters.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)


def _without_traceback(record: logging.LogRecord) -> bool:
    """Faust prints the same one up to four times; what ends a worker is raised to the command."""
    record.exc_info = None
    return True
