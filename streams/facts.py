"""What the streams decided: the rows of ClickHouse and the books of record in Kafka.

Every fact's id derives from event ids, so a repeat repeats the same bytes (rules.md §1).
"""

from collections.abc import Iterable
from typing import Final, Literal, get_args

import msgspec

from partnerships.catalog import Count, ObjectiveType

Form = Literal["token", "code", "campaign", "referrer"]
Refusal = Literal[
    "test",
    "too_old",
    "wrong_host",
    "bot",
    "preview",
    "consent_denied",
    "advertiser_own",
    "self_click",
    "no_order",
    "not_active",
    "outside_window",
    "duplicate",
    "over_budget",
]
Disposition = Literal["billable"] | Refusal

REFUSALS: Final[tuple[Refusal, ...]] = get_args(Refusal)
"""In the order of precedence: the first that holds is the reason (rules.md §5)."""


class Source(msgspec.Struct, frozen=True, gc=False):
    """Where a line stands in Kafka: the record's topic, partition and offset, and its line."""

    topic: str
    partition: int
    offset: int
    line: int


class Session(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", gc=False
):
    """A visitor's session; the row with the greatest `version` holds. Times in epoch ms.

    `day`: of its start, in the advertiser's zone (YYYY-MM-DD), like every `day` here.
    """

    session_id: str
    site_id: str
    advertiser_id: str
    visitor: str
    day: str
    started_at: int
    ended_at: int
    pages: int
    events: int
    entry_path: str
    referrer_host: str
    cookieless: bool
    version: int


class Touch(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", gc=False
):
    """An arrival credited to a partner of the site, or a refused one.

    `refusal`: "" or why it earns nothing. `session_id`: "" where it made no session (bots).
    """

    touch_id: str
    event_id: str
    site_id: str
    advertiser_id: str
    partner_id: str
    visitor: str
    session_id: str
    day: str
    month: str
    at_ms: int
    received_at: int
    form: Form
    link: str
    nonce: str
    path: str
    verdict: str
    refusal: Refusal | Literal[""] = ""
    s1: str = ""
    s2: str = ""
    s3: str = ""
    s4: str = ""
    s5: str = ""
    source: Source


class Candidate(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", gc=False
):
    """An objective matched and a touch was credited; everything stage B needs rides in it.

    conversion_id, once_key: rules.md §1. click_key: for click objectives, the once_key of the
    touch's nonce, "" without one. refusal: stage A's reason, "" where it found none.
    day, month: of the event. zone: the advertiser's. hold_until: end of the day plus the hold, ms.
    touch_at, touch_path, touch_form, touch_source, event_path, verdict, source: the evidence.
    """

    conversion_id: str
    once_key: str
    click_key: str = ""
    event_id: str
    agreement_id: str
    advertiser_id: str
    partner_id: str
    site_id: str
    objective_id: str
    objective_type: ObjectiveType
    count: Count
    visitor: str
    session_id: str = ""
    order: str = ""
    value_minor: int | None = None
    value_currency: str = ""
    day: str
    month: str
    zone: str
    at_ms: int
    received_at: int
    pin: int
    refusal: Refusal | Literal[""] = ""
    terms_version: int
    price_minor: int
    currency: str
    fee_rate_bps: int
    payer_share_bps: int
    hold_days: int
    budget_version: int
    budget_minor: int
    touch_id: str
    touch_at: int
    touch_form: Form
    touch_path: str
    touch_source: Source
    event_path: str
    verdict: str
    imported: bool = False
    s1: str = ""
    s2: str = ""
    s3: str = ""
    s4: str = ""
    s5: str = ""
    source: Source


class Conversion(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", gc=False
):
    """A decided candidate: its disposition and its place in the purse.

    sequence: gapless per purse from 1, over all decisions. budget_version, budget_minor: those
    judged by (the highest seen). before_minor, after_minor: what the purse had used.
    first_id: for a duplicate, the conversion that took the once_key. candidate_source: where the
    candidate stands in `candidates`.
    """

    candidate: Candidate
    disposition: Disposition
    sequence: int
    budget_version: int
    budget_minor: int
    before_minor: int
    after_minor: int
    first_id: str = ""
    candidate_source: Source


class Mark(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """A stage's watermark, after all outputs it speaks for (rules.md §9).

    In `candidates`: `source` is the `events` partition. In `conversions`: the `candidates`
    partition. Everything received before `watermark_ms` was decided before this line.
    """

    source: int
    watermark_ms: int


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """A line that could not be read or decided: why, where, its first 512 bytes masked."""

    dead_letter_id: str
    reason: str
    at_ms: int
    head: str
    source: Source


Fact = Session | Touch | Candidate | Conversion | Mark | DeadLetter
_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Fact] = msgspec.json.Decoder(Fact)


def encode_envelope(facts: Iterable[Fact]) -> bytes:
    """NDJSON without a final newline: the value of one Kafka record."""
    return b"\n".join(map(_encoder.encode, facts))


def encode_line(fact: Fact) -> bytes:
    """One line of an envelope."""
    return _encoder.encode(fact)


def decode_line(line: bytes) -> Fact:
    """One line of an envelope; raises msgspec.DecodeError or msgspec.ValidationError."""
    return _decoder.decode(line)


def decode_envelope(value: bytes) -> list[Fact]:
    """All lines of an envelope; raises like `decode_line`, for any line."""
    return _decoder.decode_lines(value)
