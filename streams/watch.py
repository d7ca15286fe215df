"""Which partitions stand still although there is more to read."""

from collections.abc import Mapping


class Watch:
    """Compares each look with the one before: a partition that moves is not stalled."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}

    def stalled(self, positions: Mapping[int, int], ends: Mapping[int, int]) -> list[int]:
        """The partitions whose position is that of the last look and below the log's end."""
        found = [
            partition
            for partition, position in positions.items()
            if position < ends.get(partition, 0) and self._seen.get(partition) == position
        ]
        self._seen = dict(positions)
        return found

    def forget(self) -> None:
        """Begin anew: nothing could move since the last look."""
        self._seen = {}
