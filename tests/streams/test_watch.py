"""An idle partition is asked again only when it stands still below the end of its log."""

from streams.watch import Watch


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
