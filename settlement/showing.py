"""Plans and what came of them, in sentences for a person and as objects for a program."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from partnerships.money import format_amount
from settlement.clock import from_ms
from settlement.lines import Line
from settlement.planning import Planned
from settlement.plans import PlannedCharge, PlannedClose
from settlement.settling import Made, Settled
from settlement.statements import ChargeOf, Statements, TransferTo

Shown = dict[str, object]

_WHY: Final[Mapping[str, str]] = {
    "charge": "is charged now",
    "carry": "is under the floor and rides with the next charge",
    "open": "waits: an earlier charge is not settled",
    "no_card": "waits: the account has no card",
}


def plan_shown(made: Made) -> Shown:
    """A plan for a program."""
    plan = made.planned.plan
    return {
        "plan": made.plan_hash,
        "closes": [_close_shown(close) for close in plan.closes],
        "charges": [_charge_shown(charge) for charge in plan.charges],
        "waiting": _waiting_shown(made.planned),
    }


def plan_told(made: Made) -> Iterator[str]:
    """A plan for a person, a sentence a line."""
    plan = made.planned.plan
    for close in plan.closes:
        yield from _close_told(close)
    for charge in plan.charges:
        yield (
            f"{charge.advertiser_id} owes {_money(charge.amount_minor, charge.currency)},"
            f" {_money(charge.fee_minor, charge.currency)} of it fee: {_WHY[charge.outcome]}."
        )
        for part in charge.parts:
            yield (
                f"  {part.partner_id} gets {_money(part.amount_minor, charge.currency)},"
                f" from {from_ms(part.releases_at_ms):%Y-%m-%d %H:%M} UTC on."
            )
    for waiting in made.planned.waiting:
        yield (
            f"{waiting.advertiser_id} {waiting.day} waits: it is complete"
            f" at {waiting.complete_at:%Y-%m-%d %H:%M} UTC."
        )
    if made.plan_hash:
        yield f"Plan {made.plan_hash}"
    else:
        yield "There is nothing to close and nothing to charge."


def settled_shown(settled: Settled, statements: Statements) -> Shown:
    """What an apply did, for a program."""
    charged = list(_charges(settled, statements))
    return {
        "plan": settled.plan_hash,
        "finished": settled.applied.finished,
        "closed": [
            {"advertiser": close.advertiser_id, "day": close.day.isoformat()}
            for close in settled.planned.plan.closes
        ],
        "charges": [_charged_shown(charge) for charge in charged],
        "transfers": [
            _transfer_shown(transfer)
            for charge in charged
            for transfer in statements.transfers_of_charge(charge.charge_id)
        ],
        "waiting": _waiting_shown(settled.planned),
        "troubles": settled.applied.troubles,
    }


def settled_told(settled: Settled, statements: Statements) -> Iterator[str]:
    """What an apply did, for a person."""
    yield from plan_told(Made(settled.plan_hash, settled.planned))
    for charge in _charges(settled, statements):
        why = f" ({charge.reason})" if charge.reason else ""
        yield (
            f"{charge.charge_id}: {_money(charge.amount_minor, charge.currency)} from"
            f" {charge.advertiser_id} {charge.state}{why}."
        )
        for transfer in statements.transfers_of_charge(charge.charge_id):
            why = f" ({transfer.reason})" if transfer.reason else ""
            yield (
                f"  {transfer.transfer_id}: {_money(transfer.amount_minor, transfer.currency)} to"
                f" {transfer.partner_id} {transfer.state}{why}."
            )
    for plan_hash in settled.applied.finished:
        yield f"Finished plan {plan_hash}"


def line_shown(line: Line, close: PlannedClose) -> Shown:
    """A planned line for a program."""
    added = line.added
    return {
        "agreement": line.agreement_id,
        "partner": line.partner_id,
        "month": line.month,
        "day": line.own_day.isoformat(),
        "late": line.own_day < close.day,
        "fee_rate_bps": line.group.rate_bps,
        "payer_share_bps": line.group.payer_share_bps,
        "currency": line.currency,
        "conversions": line.conversions,
        **added._asdict(),
        "debit_minor": added.debit_minor,
        "credit_minor": added.credit_minor,
        "chargeable": line.chargeable,
    }


def _waiting_shown(planned: Planned) -> list[Shown]:
    return [
        {
            "advertiser": waiting.advertiser_id,
            "day": waiting.day.isoformat(),
            "complete_at": waiting.complete_at.isoformat(),
        }
        for waiting in planned.waiting
    ]


def _close_shown(close: PlannedClose) -> Shown:
    return {
        "advertiser": close.advertiser_id,
        "day": close.day.isoformat(),
        "zone": close.zone,
        "tracked": _tracked(close),
        "dispositions": {each.disposition: each.conversions for each in close.counted},
        "lines": [line_shown(line, close) for line in close.lines],
        "unverified": [
            {
                "agreement": purse.agreement_id,
                "month": purse.month,
                "sequence": purse.sequence,
                "reason": purse.reason,
            }
            for purse in close.unverified
        ],
    }


def _close_told(close: PlannedClose) -> Iterator[str]:
    counted = ", ".join(f"{each.conversions} {each.disposition}" for each in close.counted)
    yield f"{close.advertiser_id} {close.day} ({close.zone}): {_tracked(close)} tracked" + (
        f" = {counted}" if counted else ""
    )
    for line in close.lines:
        late = f", late, of {line.own_day}" if line.own_day < close.day else ""
        added = line.added
        yield (
            f"  {line.agreement_id}: {line.conversions} results{late}, gross"
            f" {_money(added.gross_minor, line.currency)},"
            f" fee {_money(added.fee_minor, line.currency)};"
            f" the advertiser pays {_money(added.debit_minor, line.currency)},"
            f" {line.partner_id} gets {_money(added.credit_minor, line.currency)}"
            + ("" if line.chargeable else " — never charged: not inside its budget")
        )
    for purse in close.unverified:
        yield (
            f"  {purse.agreement_id} {purse.month} stays unbilled from sequence"
            f" {purse.sequence} on: {purse.reason}"
        )


def _charge_shown(charge: PlannedCharge) -> Shown:
    return {
        "advertiser": charge.advertiser_id,
        "currency": charge.currency,
        "outcome": charge.outcome,
        "amount_minor": charge.amount_minor,
        "fee_minor": charge.fee_minor,
        "parts": [
            {
                "partner": part.partner_id,
                "amount_minor": part.amount_minor,
                "releases_at": from_ms(part.releases_at_ms).isoformat(),
            }
            for part in charge.parts
        ],
    }


def _charges(settled: Settled, statements: Statements) -> Iterator[ChargeOf]:
    for plan_hash in _plans(settled):
        yield from statements.charges_of_plan(plan_hash)


def _plans(settled: Settled) -> Iterable[str]:
    asked = [settled.plan_hash] if settled.plan_hash else []
    return dict.fromkeys([*settled.applied.finished, *asked])


def _charged_shown(charge: ChargeOf) -> Shown:
    return {
        "charge": charge.charge_id,
        "advertiser": charge.advertiser_id,
        "currency": charge.currency,
        "amount_minor": charge.amount_minor,
        "state": charge.state,
        "reason": charge.reason,
        "intent": charge.intent_id,
    }


def _transfer_shown(transfer: TransferTo) -> Shown:
    return {
        "transfer": transfer.transfer_id,
        "charge": transfer.charge_id,
        "partner": transfer.partner_id,
        "currency": transfer.currency,
        "amount_minor": transfer.amount_minor,
        "state": transfer.state,
        "reason": transfer.reason,
    }


def _tracked(close: PlannedClose) -> int:
    return sum(each.conversions for each in close.counted)


def _money(amount_minor: int, currency: str) -> str:
    return f"{currency} {format_amount(amount_minor, currency)}"
