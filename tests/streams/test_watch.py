"""An idle partition is asked again only when it stands still below the end of its log."""

import pytest

from streams.errors import LostLog
from streams.watch import Watch, check_held


def test_partition_that_stands_below_the_end_is_stalled_at_the_second_look() -> None:
    watch = Watch()
    assert watch.stalled({0: 5}, {0: 9}) == []
    assert watch.stalled({0: 5}, {0: 9}) == [0]


def test_partition_that_moves_or_has_nothing_to_read_is_not_stalled() -> None:
    watch = Watch()
    watch.stalled({0: 5, 1: 7, 2: 3}, {0: 9, 1: 7, 2: 9})
    assert watch.stalled({0: 6, 1: 7, 2: 3}, {0: 9, 1: 7, 2: 9}) == [2]


def test_time_in_which_nothing_could_move_does_not_count() -> None:
    watch = Watch()
    watch.stalled({0: 5}, {0: 9})
    watch.forget()
    assert watch.stalled({0: 5}, {0: 9}) == []


def test_next_offset_may_be_anywhere_in_the_log_or_at_its_end() -> None:
    for position in (3, 5, 9):
        check_held("events", {0: position}, {0: range(3, 9)})
    check_held("events", {0: 0}, {0: range(0, 0)})


@pytest.mark.parametrize("position", [2, 10])
def test_log_that_lacks_the_next_offset_is_an_error(position: int) -> None:
    with pytest.raises(LostLog, match=f"from 3 to 9, and the next to decide is {position}"):
        check_held("events", {0: position}, {0: range(3, 9)})
