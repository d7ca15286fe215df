"""Envelopes grow with the rate, from 1 ms to 8 ms."""

import pytest

from ingest.pace import Pace


def after(rate: int) -> float:
    pace = Pace(0.0)
    for millisecond in range(1, 1001):
        pace.left(rate // 1000, millisecond / 1000)
    return pace.gap_seconds


def test_a_quiet_collector_waits_a_millisecond() -> None:
    assert Pace(0.0).gap_seconds == 0.001
    assert after(0) == 0.001


def test_a_busy_one_waits_eight_and_no_longer() -> None:
    assert after(5_000) == pytest.approx(0.008, rel=0.02)
    assert after(50_000) == 0.008


def test_between_them_the_gap_grows() -> None:
    assert after(1_000) < after(2_000) < after(4_000)
