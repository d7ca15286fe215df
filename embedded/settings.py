"""The environment of this process: read here and nowhere else in this room."""

import os

from embedded.stack import inherited


def own_environment() -> dict[str, str]:
    """What our programs keep of this process's environment."""
    return inherited(os.environ)
