"""Where and when a stage reads a line: all that a rule may know of them."""

from typing import NamedTuple

from streams.facts import Source


class Reading(NamedTuple):
    """`now_ms`: the partition's watermark, this line included; it stands in for a clock.

    `pin`: the catalog's sequence in the envelope's header. `source`: the line.
    """

    now_ms: int
    pin: int
    source: Source
