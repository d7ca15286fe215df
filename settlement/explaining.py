"""Explains any id: from a charge to statement, lines, conversions, touch and event, and back."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import Engine

from partnerships.money import format_amount
from settlement.ledger import traces
from settlement.ledger.traces import Link
from settlement.statements import ChargeOf, StatementLine, Statements, TransferTo
from warehouse.store import Store

_SHOWN: Final = 20
"""Conversions that are walked to their events; a charge may have a million."""

_CONVERSION_ID: Final = re.compile(r"[0-9a-f]{32}")

Place = tuple[str, int, int, int]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that belongs to one id.

    `line_of`: the line that bills a conversion. `events`: raw events by their place, as far as
    they are still kept.
    """

    object_id: str
    charges: Sequence[ChargeOf]
    transfers: Sequence[TransferTo]
    lines: Sequence[StatementLine]
    links: Mapping[str, Link]
    conversions: Sequence[Row]
    line_of: Mapping[str, str]
    events: Mapping[Place, Row]

    @property
    def found(self) -> bool:
        """Whether anything has this id."""
        return bool(self.lines or self.conversions)

    def told(self) -> Iterator[str]:
        """In sentences: money first, then what earned it, down to Kafka."""
        if not self.found:
            yield (
                f"Nothing has the id {self.object_id}. Ids look like charge-…, statement-…, line-…,"
                " transfer-…, pi_…, ch_…, tr_…, a conversion's 32 hex digits, or an order's own id."
            )
        yield from map(_charge_told, self.charges)
        yield from map(_transfer_told, self.transfers)
        yield from (_line_told(line, self.links[line.line_id]) for line in self.lines)
        for conversion in self.conversions:
            yield from _conversion_told(conversion, self.line_of, self.events)
        billed = sum(line.conversions for line in self.lines)
        if billed > len(self.conversions):
            yield f"… and {billed - len(self.conversions)} more conversions on these lines."

    def shown(self) -> dict[str, object]:
        """For a program."""
        return {
            "id": self.object_id,
            "found": self.found,
            "charges": [asdict(charge) for charge in self.charges],
            "transfers": [asdict(transfer) for transfer in self.transfers],
            "lines": [
                {
                    **asdict(line),
                    "before": line.before._asdict(),
                    "after": line.after._asdict(),
                    "added": line.added._asdict(),
                    "group": line.group._asdict(),
                    "charge_id": self.links[line.line_id].charge_id,
                    "transfer_id": self.links[line.line_id].transfer_id,
                }
                for line in self.lines
            ],
            "conversions": [
                {
                    **conversion,
                    "line_id": self.line_of.get(conversion["conversion_id"], ""),
                    "event_kept": _place(conversion, "") in self.events,
                }
                for conversion in self.conversions
            ],
        }


def explain(engine: Engine, store: Store, object_id: str) -> Explanation:
    """Whatever belongs to the id; one that nothing has is not `found`."""
    with engine.connect() as connection:
        links = traces.links(connection, object_id)
        if links:
            named = [link.line_id for link in links]
            line_of = traces.conversions_of(connection, named, _SHOWN)
            conversion_ids = list(line_of)
        else:
            conversion_ids = _conversion_ids(store, object_id)
            line_of = traces.lines_of(connection, conversion_ids)
            for line_id in sorted(set(line_of.values())):
                links += traces.links(connection, line_id)
    statements = Statements(engine)
    conversions = _asked(store, "explain_conversions", conversions=conversion_ids)
    return Explanation(
        object_id,
        statements.charges_named({link.charge_id for link in links}),
        statements.transfers_named({link.transfer_id for link in links}),
        statements.lines_named({link.line_id for link in links}),
        {link.line_id: link for link in links},
        conversions,
        line_of,
        _events(store, conversions),
    )


def _conversion_ids(store: Store, object_id: str) -> list[str]:
    """The conversion of this id, and those of an order that has it."""
    ordered = [row["conversion_id"] for row in store.ask("explain_order", order=object_id)]
    own = [object_id] if _CONVERSION_ID.fullmatch(object_id) else []
    return own + ordered[:_SHOWN]


def _events(store: Store, conversions: Sequence[Row]) -> dict[Place, Row]:
    places = {_place(row, prefix) for row in conversions for prefix in ("", "touch_")}
    if not places:
        return {}
    rows = store.ask(
        "explain_events",
        partitions=sorted({place[1] for place in places}),
        offsets=sorted({place[2] for place in places}),
    )
    found = {_place(row, ""): row for row in rows}
    return {place: row for place, row in found.items() if place in places}


def _asked(store: Store, question: str, *, conversions: list[str]) -> list[dict[str, Any]]:
    return store.ask(question, conversions=conversions) if conversions else []


def _place(row: Row, prefix: str) -> Place:
    topic, partition, offset, line = (
        row[f"{prefix}{name}"] for name in ("topic", "partition", "offset", "line")
    )
    return topic, partition, offset, line


def _charge_told(charge: ChargeOf) -> str:
    at_stripe = " ".join(filter(None, (charge.intent_id, charge.stripe_charge_id)))
    why = f" ({charge.reason})" if charge.reason else ""
    return (
        f"Charge {charge.charge_id} asks {charge.advertiser_id} for"
        f" {_money(charge.amount_minor, charge.currency)}: {charge.state}{why}"
        + (f", at Stripe {at_stripe}." if at_stripe else ".")
    )


def _transfer_told(transfer: TransferTo) -> str:
    why = f" ({transfer.reason})" if transfer.reason else ""
    at_stripe = f", at Stripe {transfer.stripe_transfer_id}" if transfer.stripe_transfer_id else ""
    return (
        f"Transfer {transfer.transfer_id} of {transfer.charge_id} gives {transfer.partner_id}"
        f" {_money(transfer.amount_minor, transfer.currency)}: {transfer.state}{why}{at_stripe}."
    )


def _line_told(line: StatementLine, link: Link) -> str:
    late = f" (late, results of {line.own_day})" if line.late else ""
    taken = f" It is paid by {link.charge_id}" if link.charge_id else " No charge has taken it yet"
    sent = f" and part of {link.transfer_id}." if link.transfer_id else "."
    return (
        f"Line {line.line_id} of statement {line.statement_id}, {line.advertiser_id} {line.day}"
        f"{late}: {line.conversions} results of {line.agreement_id}, gross"
        f" {_money(line.added.gross_minor, line.currency)}, fee"
        f" {_money(line.added.fee_minor, line.currency)};"
        f" the advertiser pays {_money(line.added.debit_minor, line.currency)},"
        f" {line.partner_id} gets {_money(line.added.credit_minor, line.currency)}."
        f" The month's fee group goes from gross {_money(line.before.gross_minor, line.currency)}"
        f" to {_money(line.after.gross_minor, line.currency)}.{taken}{sent}"
    )


def _conversion_told(
    row: Row, line_of: Mapping[str, str], events: Mapping[Place, Row]
) -> Iterator[str]:
    order = f", order {row['order']}" if row["order"] else ""
    yield (
        f"Conversion {row['conversion_id']}: a {row['objective_type']} of {row['agreement_id']}"
        f" at {row['at']:%Y-%m-%d %H:%M:%S} UTC ({row['day']} in {row['zone']}){order}."
    )
    yield f"  {_decided(row, line_of.get(row['conversion_id'], ''))}"
    yield (
        f"  It was decided as number {row['sequence']} of {row['agreement_id']} {row['month']},"
        f" terms version {row['terms_version']}, catalog pin {row['pin']}: used"
        f" {_money(row['before_minor'], row['currency'])} →"
        f" {_money(row['after_minor'], row['currency'])} of"
        f" {_money(row['budget_minor'], row['currency'])} (budget version {row['budget_version']});"
        f" candidate at {_at(_place(row, 'candidate_'))}."
    )
    yield (
        f"  Touch {row['touch_id']} by {row['touch_form']} on {row['touch_path']} at"
        f" {row['touch_at']:%Y-%m-%d %H:%M:%S} UTC credits {row['partner_id']}:"
        f" event at {_kept(_place(row, 'touch_'), events)}."
    )
    yield (
        f"  Event {row['event_id']} on {row['event_path'] or 'the server'}:"
        f" {_kept(_place(row, ''), events)}."
    )


def _decided(row: Row, line_id: str) -> str:
    price = _money(row["price_minor"], row["currency"])
    if line_id:
        return f"It is billed at {price} on {line_id}."
    if row["disposition"] == "billable":
        return f"It is billable at {price}; the close that bills it is still to come."
    first = f" of {row['first_id']}" if row["first_id"] else ""
    return f"It is not billed: {row['disposition']}{first}."


def _kept(place: Place, events: Mapping[Place, Row]) -> str:
    return _at(place) + ("" if place in events else " (raw events are kept 90 days; not any more)")


def _at(place: Place) -> str:
    topic, partition, offset, line = place
    return f"{topic} partition {partition} offset {offset} line {line}"


def _money(amount_minor: int, currency: str) -> str:
    return f"{currency} {format_amount(amount_minor, currency)}"
