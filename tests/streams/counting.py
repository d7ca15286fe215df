"""The smallest logic that can overdraw: numbers, each counted once, up to a limit."""

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

from streams.envelopes import Envelope
from streams.shard import Output, Work

LIMIT = 150
_SEEN, _TOTAL = b"s", b"t"
_FOR_EVER = 1 << 60


class Counting:
    """An envelope holds names, one a line; each is admitted once, the first `LIMIT` of them."""

    lifetimes: ClassVar[Mapping[int, int]] = {_SEEN[0]: _FOR_EVER, _TOTAL[0]: _FOR_EVER}
    decoders: ClassVar[Mapping[int, msgspec.msgpack.Decoder[Any]]] = {
        _SEEN[0]: msgspec.msgpack.Decoder(bool),
        _TOTAL[0]: msgspec.msgpack.Decoder(int),
    }

    def __init__(self, topic: str) -> None:
        self._topic = topic

    async def ready(self, envelope: Envelope) -> None:
        """Nothing to wait for."""

    def apply(self, work: Work, envelope: Envelope) -> None:
        for name in envelope.value.split(b"\n"):
            work.lines += 1
            if work.get(_SEEN + name) is None:
                total = work.get(_TOTAL) or 0
                assert isinstance(total, int)
                admitted = total < LIMIT
                work.put(_SEEN + name, admitted)
                work.put(_TOTAL, total + admitted)
                line = name + (b" admitted %d" % (total + 1) if admitted else b" refused")
                work.outputs.append(Output(self._topic, envelope.partition, line))


def names(first: int, end: int, partition: int = 0) -> list[Envelope]:
    """Source records `first` to `end`, one name each."""
    return [
        Envelope("source", partition, offset, b"name%d" % offset) for offset in range(first, end)
    ]
