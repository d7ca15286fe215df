"""Waits, not for ever, until everything that was received before an instant is loaded."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from settlement.evidence import Evidence

_POLL_SECONDS: Final = 0.25


class WatermarkBehind(Exception):
    """The wait was in vain: how far the streams are, and where to look."""


def wait_until_passed(
    evidence: Evidence,
    moment: datetime,
    limit_seconds: float,
    sleep: Callable[[float], None],
) -> datetime:
    """The watermark once it is past the moment; raises WatermarkBehind."""
    left = timedelta(seconds=limit_seconds)
    while True:
        watermark = evidence.watermark()
        if watermark is not None and watermark >= moment:
            return watermark
        if left <= timedelta():
            raise WatermarkBehind(_behind(watermark, moment, limit_seconds))
        sleep(_POLL_SECONDS)
        left -= timedelta(seconds=_POLL_SECONDS)


def _behind(watermark: datetime | None, moment: datetime, limit_seconds: float) -> str:
    reached = "has not begun" if watermark is None else f"stands at {watermark:%Y-%m-%d %H:%M:%S}"
    return (
        f"Waited {limit_seconds:g} s for everything received before {moment:%Y-%m-%d %H:%M:%S} UTC"
        f" to be decided and loaded, but the watermark {reached}. Nothing was closed or charged."
        " Look whether a collector is silent, and whether streams and loader run"
        " (counterfoil status), then start this command again."
    )
