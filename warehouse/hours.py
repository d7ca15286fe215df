"""The hour of an instant in a zone, as the instant at which that hour began."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from partnerships.days import zone_named

# Offsets from UTC are multiples of 15 minutes, so a quarter of an hour lies within one local hour.
_QUARTER_MS: Final = 15 * 60 * 1000
_CACHED_QUARTERS: Final = 1 << 14


def hour_start(at_ms: int, zone: str) -> int:
    """Epoch seconds of the start of the local hour; where clocks go back, both hours differ.

    Raises partnerships.days.UnknownZone.
    """
    return _hour_of_quarter(at_ms // _QUARTER_MS, zone)


@lru_cache(maxsize=_CACHED_QUARTERS)
def _hour_of_quarter(quarter: int, zone: str) -> int:
    at = quarter * _QUARTER_MS // 1000
    local = datetime.fromtimestamp(at, UTC).astimezone(zone_named(zone))
    return at - local.minute * 60 - local.second
