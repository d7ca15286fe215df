"""The time of receipt never decreases."""

from pathlib import Path

import pytest

from ingest.clock import Clock
from ingest.state import State, StateError


def test_time_never_decreases() -> None:
    clock = Clock()
    times = [clock.now_ms() for _ in range(1000)]
    assert times == sorted(times)


def test_a_clock_that_was_set_back_waits(tmp_path: Path) -> None:
    ahead = Clock().now_ms() + 60_000
    state = State(tmp_path)
    state.keep_clock(ahead)
    assert Clock(state.clock_ms()).now_ms() == ahead


def test_a_collector_keeps_its_id(tmp_path: Path) -> None:
    first = State(tmp_path)
    first.close()
    assert State(tmp_path).id == first.id


def test_two_collectors_never_share_a_folder(tmp_path: Path) -> None:
    first = State(tmp_path)
    with pytest.raises(StateError, match="Another collector"):
        State(tmp_path)
    first.close()


def test_a_torn_clock_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("17x")
    assert State(tmp_path).clock_ms() == 0
