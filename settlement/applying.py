"""Applies a plan: each day open → snapshotted → accrued → stated, then charges and transfers.

Every step is written with its business key before the next begins, so a run that was killed
anywhere is finished by the next one, and a finished one changes nothing.
"""

from dataclasses import dataclass, field
from itertools import islice

import structlog
from sqlalchemy import Engine

from settlement.charging import Charging
from settlement.closed_rows import ClosedRows
from settlement.closes import purse_closes
from settlement.closing import PurseClose
from settlement.crash_points import Point, Reached
from settlement.decisions import PurseId
from settlement.evidence import Evidence
from settlement.gateway import GatewayError
from settlement.journal import Clock
from settlement.ledger import charges, days, lines, plans
from settlement.ledger.plans import StoredPlan
from settlement.lines import Line
from settlement.plans import PlannedClose
from settlement.purses import Verified
from settlement.transferring import Transferring

# Purses written in one transaction: few enough to repeat quickly after a crash.
_PURSES_PER_TRANSACTION = 50

_log = structlog.get_logger()


class PlanDiffers(Exception):
    """What is to be applied is not what was planned; nothing of it was written."""


@dataclass(slots=True)
class Applied:
    """What came of a run: plans that are finished, and in sentences what could not be done."""

    finished: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


class Applying:
    """Carries plans out; one process at a time (see `turns`)."""

    def __init__(
        self,
        engine: Engine,
        evidence: Evidence,
        closed_rows: ClosedRows,
        charging: Charging,
        transferring: Transferring,
        clock: Clock,
        reached: Reached,
    ) -> None:
        self._engine = engine
        self._evidence = evidence
        self._closed_rows = closed_rows
        self._charging = charging
        self._transferring = transferring
        self._clock = clock
        self._reached = reached

    def resume(self) -> Applied:
        """Finish what runs before left: begun plans, open charges, transfers that are due."""
        applied = Applied()
        with self._engine.begin() as connection:
            begun = plans.begun(connection)
        for stored in begun:
            self._carry_out(stored, applied)
        with self._engine.begin() as connection:
            still_open = charges.open_charges(connection)
        for charge in still_open:
            self._drive(charge.charge_id, applied)
        applied.troubles += self._transferring.send_due()
        return applied

    def apply(self, stored: StoredPlan) -> Applied:
        """Begin the plan and bring it to its end, with the transfers that are due then."""
        applied = Applied()
        with self._engine.begin() as connection:
            plans.begin(connection, stored.plan_hash)
        self._reached(Point.PLAN_BEGUN)
        self._carry_out(stored, applied)
        applied.troubles += self._transferring.send_due()
        return applied

    def _carry_out(self, stored: StoredPlan, applied: Applied) -> None:
        for close in stored.plan.closes:
            self._close(stored, close)
        troubles = len(applied.troubles)
        for planned in stored.plan.charges:
            if planned.outcome == "charge":
                try:
                    self._charging.charge(stored.plan_hash, planned)
                except GatewayError as error:
                    applied.troubles.append(_not_charged(planned.advertiser_id, error))
        if len(applied.troubles) == troubles:
            with self._engine.begin() as connection:
                plans.finish(connection, stored.plan_hash)
            applied.finished.append(stored.plan_hash)
            self._reached(Point.PLAN_FINISHED)

    def _drive(self, charge_id: str, applied: Applied) -> None:
        try:
            self._charging.drive(charge_id)
        except GatewayError as error:
            applied.troubles.append(_not_charged(charge_id, error))

    def _close(self, stored: StoredPlan, close: PlannedClose) -> None:
        with self._engine.begin() as connection:
            state = days.state_of(connection, close.advertiser_id, close.day)
            if state == "open":
                days.snapshot(connection, close, stored.plan_hash, stored.watermark)
                state = "snapshotted"
        if state == "snapshotted":
            self._reached(Point.DAY_SNAPSHOTTED)
            self._accrue(close)
            self._reached(Point.DAY_ACCRUED)
        if state != "stated":
            self._closed_rows.write(close)
            self._reached(Point.CLOSED_ROWS_WRITTEN)
            with self._engine.begin() as connection:
                days.state(connection, close, self._clock())
            _log.info(
                "day stated",
                advertiser=close.advertiser_id,
                day=close.day.isoformat(),
                lines=len(close.lines),
                unverified=len(close.unverified),
            )
            self._reached(Point.DAY_STATED)

    def _accrue(self, close: PlannedClose) -> None:
        """Write every purse's lines, a few purses at a time, and then where the purses stand."""
        with self._engine.begin() as connection:
            verified = days.verified_purses(connection, close.advertiser_id)
            gross = days.billed_gross(connection, close.advertiser_id, close.day)
        planned = {lines.line_id_of(close, line): line for line in close.lines}
        moved: dict[PurseId, Verified] = {}
        purses = purse_closes(self._evidence, close, verified, gross)
        while some := list(islice(purses, _PURSES_PER_TRANSACTION)):
            for purse in some:
                _compare(close, purse, planned)
                moved[purse.purse] = purse.verified
            self._write(close, some)
        if planned:
            raise PlanDiffers(f"{close.advertiser_id} {close.day}: the warehouse lost {planned}")
        with self._engine.begin() as connection:
            days.accrue(connection, close, moved)

    def _write(self, close: PlannedClose, purses: list[PurseClose]) -> None:
        with self._engine.begin() as connection:
            for purse in purses:
                lines.write(connection, close, purse, self._clock())
        self._reached(Point.LINES_WRITTEN)


def _compare(close: PlannedClose, purse: PurseClose, planned: dict[str, Line]) -> None:
    """Each line must be the planned one; takes it from those that are still expected."""
    for billed in purse.billed:
        expected = planned.pop(lines.line_id_of(close, billed.line), None)
        if expected != billed.line:
            raise PlanDiffers(
                f"{close.advertiser_id} {close.day}: planned was {expected}, found {billed.line}."
                " The warehouse has changed under the plan; nothing of this line was written."
            )


def _not_charged(whom: str, error: GatewayError) -> str:
    return f"The charge of {whom} is not settled; the next apply goes on with it. {error}"
