"""Where everything of one stack is."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
CACHE = CHECKOUT / ".cache"
JARS = CACHE / "kafka"
