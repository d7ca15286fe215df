"""Sends partners their parts of collected charges, each once (rules.md §10).

A transfer carries our posting's id: after an answer that did not come, it is looked for among
those of its charge before it is ever created again.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import Engine

from settlement.crash_points import Point, Reached
from settlement.gateway import POSTING, Gateway, Refused, Request, SentTransfer, Unknown
from settlement.ids import posting_id
from settlement.journal import Clock, Journal
from settlement.ledger import postings, transfers
from settlement.ledger.transfers import Transfer
from settlement.parties import Parties, Profile
from settlement.postings import Posting, of_release, of_transfer

_log = structlog.get_logger()


class Transferring:
    """Releases what held, and sends what each partner can get."""

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

    def send_due(self) -> list[str]:
        """Send all that may leave now; what could not be sent, in sentences."""
        troubles = []
        for partner_id, ready in self._ready().items():
            profile = self._parties.profile(partner_id)
            for transfer in self._allowed(profile, ready):
                assert profile is not None, f"{partner_id} is allowed without a profile"
                try:
                    self._send(profile, transfer)
                except Unknown as error:
                    troubles.append(
                        f"{transfer.transfer_id} to {partner_id} is not known to be sent; the next"
                        f" apply looks for it first. {error}"
                    )
                except Refused as error:
                    troubles.append(f"{transfer.transfer_id} to {partner_id}: {error}")
        return troubles

    def _ready(self) -> dict[str, list[Transfer]]:
        """Transfers whose hold is over, by partner; a release is booked once."""
        now = self._clock()
        with self._engine.begin() as connection:
            waiting = transfers.unsent(connection)
        ready: defaultdict[str, list[Transfer]] = defaultdict(list)
        for transfer in waiting:
            if transfer.state == "held":
                if transfer.releases_at > now:
                    continue
                self._release(transfer, now)
            ready[transfer.partner_id].append(
                replace(transfer, state="payable") if transfer.state == "held" else transfer
            )
        return ready

    def _release(self, transfer: Transfer, now: datetime) -> None:
        booked = of_release(
            transfer.transfer_id, transfer.partner_id, transfer.currency, transfer.amount_minor
        )
        with self._engine.begin() as connection:
            transfers.release(connection, transfer.transfer_id)
            postings.post(connection, [booked], now)
        self._reached(Point.TRANSFER_RELEASED)

    def _allowed(self, profile: Profile | None, ready: list[Transfer]) -> list[Transfer]:
        """Those that were begun, and all others once their sum reaches the partner's minimum."""
        sums: defaultdict[str, int] = defaultdict(int)
        for transfer in ready:
            sums[transfer.currency] += transfer.amount_minor
        allowed = []
        for transfer in ready:
            reason = self._waits(profile, transfer.currency, sums[transfer.currency])
            if transfer.state == "sending" or not reason:
                allowed.append(transfer)
            else:
                with self._engine.begin() as connection:
                    transfers.wait(connection, transfer.transfer_id, reason)
        return allowed

    def _waits(self, profile: Profile | None, currency: str, releasable_minor: int) -> str:
        """Why a partner gets nothing yet; "" when it may."""
        if profile is None or not profile.takes_transfers:
            return "no_account"
        least = self._parties.transfer_minimum_minor(profile.account_id, currency)
        return "" if releasable_minor >= least else "under_minimum"

    def _send(self, profile: Profile, transfer: Transfer) -> None:
        sent = self._find(transfer) if transfer.state == "sending" else None
        if sent is None:
            sent = self._create(transfer, transfer.request or self._prepared(profile, transfer))
        self._reached(Point.TRANSFER_CREATED)
        self._settle(transfer, sent)

    def _create(self, transfer: Transfer, request: Request) -> SentTransfer:
        attempt = self._journal.begin(transfer.transfer_id, "create")
        self._reached(Point.TRANSFER_ATTEMPTED)
        try:
            return self._journal.send(
                attempt, lambda key: self._gateway.create_transfer(request, key)
            )
        except Unknown:
            sent = self._find(transfer)
            if sent is None:
                raise
            return sent
        except Refused as refusal:
            with self._engine.begin() as connection:
                transfers.refuse(connection, transfer.transfer_id, refusal.code or "refused")
            raise

    def _prepared(self, profile: Profile, transfer: Transfer) -> Request:
        request = _request(transfer, self._parties.transfer_account(profile))
        with self._engine.begin() as connection:
            transfers.prepare(connection, transfer.transfer_id, request)
        return request

    def _find(self, transfer: Transfer) -> SentTransfer | None:
        """Our transfer among those of its charge."""
        return _ours(transfer, self._gateway.transfers_of_group(transfer.charge_id))

    def _settle(self, transfer: Transfer, sent: SentTransfer) -> None:
        assert sent.amount_minor == transfer.amount_minor, (
            f"{transfer.transfer_id} is {transfer.amount_minor}, Stripe sent {sent.amount_minor}"
        )
        now = self._clock()
        with self._engine.begin() as connection:
            transfers.settle(connection, transfer.transfer_id, sent.id, now)
            postings.post(connection, [_booked(transfer)], now)
        _log.info(
            "transfer sent",
            transfer=transfer.transfer_id,
            partner=transfer.partner_id,
            amount_minor=transfer.amount_minor,
            currency=transfer.currency,
            stripe=sent.id,
        )
        self._reached(Point.TRANSFER_SETTLED)


def _booked(transfer: Transfer) -> Posting:
    return of_transfer(
        transfer.transfer_id, transfer.partner_id, transfer.currency, transfer.amount_minor
    )


def _ours(transfer: Transfer, sent: Iterable[SentTransfer]) -> SentTransfer | None:
    ours = _posting_id(transfer)
    return next((candidate for candidate in sent if candidate.posting_id == ours), None)


def _posting_id(transfer: Transfer) -> str:
    return posting_id(_booked(transfer).business_key)


def _request(transfer: Transfer, destination: str) -> Request:
    """The body of the transfer, frozen before it is sent."""
    return {
        "amount": transfer.amount_minor,
        "currency": transfer.currency.lower(),
        "destination": destination,
        "source_transaction": transfer.stripe_charge_id,
        "transfer_group": transfer.charge_id,
        "metadata": {
            POSTING: _posting_id(transfer),
            "counterfoil_transfer": transfer.transfer_id,
        },
    }
