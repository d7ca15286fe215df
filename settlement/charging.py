"""Charges an advertiser once: prepare → create unconfirmed → keep its id → confirm → book.

The request is frozen before it is sent, and only the PaymentIntent whose id is kept is ever
confirmed, so a repeat, at once or the next day, cannot charge twice (rules.md §10).
"""

from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import Engine

from partnerships.money import format_amount
from settlement import ids
from settlement.charges import summed
from settlement.crash_points import Point, Reached
from settlement.gateway import Gateway, Intent, Refused, Request, Unknown
from settlement.journal import Clock, Journal
from settlement.ledger import charges, postings, transfers
from settlement.ledger.charges import Charge
from settlement.ledger.parties import Customer
from settlement.parties import Parties
from settlement.plans import PlannedCharge
from settlement.postings import of_charge

UNDRIVEN: Final = ("declined", *charges.CLOSED)
"""States that `drive` leaves as they are."""

_log = structlog.get_logger()


class Charging:
    """Brings planned charges to their end, from wherever a run before left them."""

    def __init__(
        self,
        engine: Engine,
        gateway: Gateway,
        parties: Parties,
        journal: Journal,
        clock: Clock,
        reached: Reached,
    ) -> None:
        self._engine = engine
        self._gateway = gateway
        self._parties = parties
        self._journal = journal
        self._clock = clock
        self._reached = reached

    def charge(self, plan_hash: str, planned: PlannedCharge) -> Charge:
        """Prepare the charge if it is not there yet, and drive it; raises GatewayError."""
        charge_id = ids.charge_id(planned.advertiser_id, planned.currency, planned.number)
        with self._engine.begin() as connection:
            known = charges.find(connection, charge_id)
        if known is None:
            self._prepare(charge_id, plan_hash, planned)
        return self.drive(charge_id)

    def _prepare(self, charge_id: str, plan_hash: str, planned: PlannedCharge) -> None:
        profile = self._parties.profile(planned.advertiser_id)
        assert profile is not None, f"{planned.advertiser_id} was planned to be charged"
        customer = self._parties.customer(profile)
        charge = Charge(
            charge_id=charge_id,
            plan_hash=plan_hash,
            advertiser_id=planned.advertiser_id,
            currency=planned.currency,
            number=planned.number,
            amount_minor=planned.amount_minor,
            state="prepared",
            reason="",
            request=_request(charge_id, planned, customer),
            intent_id="",
            stripe_charge_id="",
        )
        with self._engine.begin() as connection:
            charges.prepare(connection, charge, planned.statement_ids, self._clock())
        self._reached(Point.CHARGE_PREPARED)

    def drive(self, charge_id: str) -> Charge:
        """Bring an open charge as far as Stripe lets it; raises GatewayError."""
        charge = self._load(charge_id)
        if charge.state in UNDRIVEN:
            return charge
        if charge.state == "prepared":
            intent = self._created(charge)
        else:
            intent = self._gateway.retrieve_intent(charge.intent_id)
        if intent is not None and intent.status == "requires_confirmation":
            intent = self._confirmed(charge, intent)
        if intent is not None:
            self._record(charge, intent)
        return self._load(charge_id)

    def _created(self, charge: Charge) -> Intent | None:
        """The new PaymentIntent, its id kept; None when Stripe refuses the charge."""
        attempt = self._journal.begin(charge.charge_id, "create")
        self._reached(Point.INTENT_ATTEMPTED)
        try:
            intent = self._journal.send(
                attempt, lambda key: self._gateway.create_intent(charge.request, key)
            )
        except Refused as refusal:
            with self._engine.begin() as connection:
                charges.settle(
                    connection,
                    charge.charge_id,
                    "cancelled",
                    self._clock(),
                    reason=refusal.code or "refused",
                )
            return None
        self._reached(Point.INTENT_CREATED)
        with self._engine.begin() as connection:
            charges.keep_intent(connection, charge.charge_id, intent.id)
        self._reached(Point.INTENT_STORED)
        return intent

    def _confirmed(self, charge: Charge, intent: Intent) -> Intent:
        """The PaymentIntent after it was confirmed, or as it is when the answer is missing."""
        attempt = self._journal.begin(charge.charge_id, "confirm")
        self._reached(Point.CONFIRM_ATTEMPTED)
        try:
            intent = self._journal.send(
                attempt, lambda key: self._gateway.confirm_intent(intent.id, key)
            )
        except (Refused, Unknown) as error:
            intent = self._gateway.retrieve_intent(intent.id)
            if intent.status == "requires_confirmation":
                raise error from None
        self._reached(Point.INTENT_CONFIRMED)
        return intent

    def _record(self, charge: Charge, intent: Intent) -> None:
        now = self._clock()
        if intent.status == "succeeded":
            self._collect(charge, intent, now)
        elif intent.status == "processing":
            self._settle(charge, "processing", "", now)
        elif intent.status == "canceled":
            self._settle(charge, "cancelled", "canceled", now)
        else:
            self._settle(charge, "declined", intent.decline or intent.status, now)
        _log.info(
            "charge told",
            charge=charge.charge_id,
            advertiser=charge.advertiser_id,
            amount_minor=charge.amount_minor,
            currency=charge.currency,
            status=intent.status,
            reason=intent.decline,
        )
        self._reached(Point.CHARGE_SETTLED)

    def _collect(self, charge: Charge, intent: Intent, now: datetime) -> None:
        """Book what was collected and promise the partners their parts, in one transaction."""
        with self._engine.begin() as connection:
            sums = summed(charges.owed_in(connection, charge.charge_id))
            assert sums.amount_minor == charge.amount_minor, (
                f"{charge.charge_id} collected {charge.amount_minor}, its lines are"
                f" {sums.amount_minor}"
            )
            charges.settle(
                connection,
                charge.charge_id,
                "succeeded",
                now,
                stripe_charge_id=intent.charge_id,
            )
            parts = [(part.partner_id, part.amount_minor) for part in sums.parts]
            booked = of_charge(
                charge.charge_id, charge.advertiser_id, charge.currency, parts, sums.fee_minor
            )
            postings.post(connection, booked, now)
            transfers.promise(connection, charge.charge_id, charge.currency, sums.parts)

    def _settle(
        self, charge: Charge, state: charges.ChargeState, reason: str, now: datetime
    ) -> None:
        with self._engine.begin() as connection:
            charges.settle(connection, charge.charge_id, state, now, reason=reason)

    def _load(self, charge_id: str) -> Charge:
        with self._engine.begin() as connection:
            charge = charges.find(connection, charge_id)
        assert charge is not None, f"{charge_id} is not there"
        return charge


def _request(charge_id: str, planned: PlannedCharge, customer: Customer) -> Request:
    """The body of the PaymentIntent, frozen with the charge."""
    amount = format_amount(planned.amount_minor, planned.currency)
    return {
        "amount": planned.amount_minor,
        "currency": planned.currency.lower(),
        "customer": customer.customer_id,
        "payment_method": customer.payment_method_id,
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        "description": f"Counterfoil: {planned.currency} {amount} for tracked results",
        "transfer_group": charge_id,
        "metadata": {"counterfoil_charge": charge_id},
    }
