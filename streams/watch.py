"""Which partitions stand still although there is more to read, and which can never go on."""

from collections.abc import Mapping

from streams.errors import LostLog


def check_held(topic: str, positions: Mapping[int, int], held: Mapping[int, range]) -> None:
    """Raise LostLog if Kafka deleted what is not yet decided, or lost what was.

    held: per partition, the offsets that stand in the topic.
    """
    for partition, position in positions.items():
        first, end = held[partition].start, held[partition].stop
        if not first <= position <= end:
            raise LostLog(
                f"{topic} {partition} holds the offsets from {first} to {end}, and the next to "
                f"decide is {position}. Results between them would be missing: restore the "
                "topic, or set up an empty installation and replay into it."
            )


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
