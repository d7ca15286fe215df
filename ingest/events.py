"""The wire between the collector and the streams: events, ticks, topics, and their partitions.

The collector resolves what needs a secret or a client (keys, tokens, networks, verdicts, event
time); everything after it works from these records and the catalog alone.
"""

from collections.abc import Iterable
from typing import Final, Literal
from zlib import crc32

import msgspec

EventType = Literal["page", "event", "click", "conversion"]
Verdict = Literal["browser", "bot", "preview", "prefetch"]
Flag = Literal["bot", "preview", "prefetch", "test", "partner_cookie", "partner_network", "own"]

EVENTS: Final = "counterfoil.events"
CANDIDATES: Final = "counterfoil.candidates"
SESSIONS: Final = "counterfoil.sessions"
TOUCHES: Final = "counterfoil.touches"
CONVERSIONS: Final = "counterfoil.conversions"
REVERSALS: Final = "counterfoil.reversals"
DEAD_LETTERS: Final = "counterfoil.dead_letters"
STATE_VISITORS: Final = "counterfoil.state-visitors"
STATE_ADVERTISERS: Final = "counterfoil.state-advertisers"
CATALOG: Final = "counterfoil.catalog"

PIN_HEADER: Final = "catalog-pin"
"""Kafka header of every envelope of `events`: the catalog's sequence in decimal ASCII."""

MAX_ENVELOPE_EVENTS: Final = 200
"""An envelope leaves at the latest when it holds this many lines (design.md §4)."""


class Partitions(msgspec.Struct, frozen=True):
    """How many partitions the logs have; fixed at an installation's birth.

    `events`: also of sessions, touches and state-visitors. `candidates`: also of conversions,
    reversals and state-advertisers.
    """

    events: int = 8
    candidates: int = 4


def partition_of(key: str, count: int) -> int:
    """The partition of a visitor key in `events`, or of an advertiser's id in `candidates`."""
    return crc32(key.encode()) % count


class Token(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An authentic click token, opened by the collector.

    `link`: the link's code. `clicked_at`: epoch ms. `nonce`: one click. `flags`: what the
    collector knew at the click (rules.md §4); `own` means a network of the payer.
    """

    link: str
    clicked_at: int
    nonce: str
    flags: tuple[Flag, ...] = ()


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """One event as the collector publishes it (kind `Event`, one line of an envelope).

    id: 32 hex digits, the client's or derived (rules.md §1). site: the site's id, not its key.
    visitor: visitor key, 32 hex digits; cookieless: it ends at midnight.
    occurred_at: event time, received_at: the collector's; epoch ms.
    collected_id: the collector's own id of the receipt. collector: which collector.
    host, path: of the page, or of the link for a click. query: kept parameters in their order.
    referrer_host, referrer_path: "" when there is none.
    token: an authentic click token in `cf=`. code: a `cf=` that is not one, as it stands.
    networks: keyed hashes of the client's network, `KEYID:HEX`, both widths, current and previous
    key. For `conversion` (a server item) the caller's network and verdict are not judged.
    objective: the objective's id of a server item. order: the order id; "" when there is none.
    partner_cookie: accounts whose signed partner cookie the browser carried.
    imported: by an import key, may lie in the past. too_old: older than the 72 h allowed.
    """

    id: str
    site: str
    type: EventType
    visitor: str
    occurred_at: int
    received_at: int
    collector: str
    collected_id: str
    cookieless: bool = False
    verdict: Verdict = "browser"
    networks: tuple[str, ...] = ()
    name: str = ""
    host: str = ""
    path: str = ""
    query: tuple[tuple[str, str], ...] = ()
    referrer_host: str = ""
    referrer_path: str = ""
    token: Token | None = None
    code: str = ""
    objective: str = ""
    order: str = ""
    value_minor: int | None = None
    currency: str = ""
    properties: dict[str, str | int | float | bool | None] = {}
    consent: Literal["", "granted", "denied"] = ""
    gpc: bool = False
    test: bool = False
    imported: bool = False
    too_old: bool = False
    partner_cookie: tuple[str, ...] = ()


class Tick(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """A collector's low mark (kind `Tick`), once a second into every `events` partition.

    Everything this collector received before `low_ms` is in the log before this line. `at_ms`:
    when it was written, by the collector's clock.
    """

    collector: str
    low_ms: int
    at_ms: int


_encoder = msgspec.json.Encoder()
_line_decoder: msgspec.json.Decoder[Event | Tick] = msgspec.json.Decoder(Event | Tick)


def encode_envelope(lines: Iterable[Event | Tick]) -> bytes:
    """NDJSON without a final newline: the value of one Kafka record."""
    return b"\n".join(map(_encoder.encode, lines))


def encode_line(line: Event | Tick) -> bytes:
    """One line of an envelope, without a newline."""
    return _encoder.encode(line)


def decode_line(line: bytes) -> Event | Tick:
    """One line of an envelope; raises msgspec.DecodeError or msgspec.ValidationError."""
    return _line_decoder.decode(line)


def decode_envelope(value: bytes) -> list[Event | Tick]:
    """All lines of an envelope at once, the fast way; raises like `decode_line`, for any line."""
    return _line_decoder.decode_lines(value)
