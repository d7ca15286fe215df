"""The two commands of a settlement: make a plan, and apply one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from settlement.applying import Applied, Applying
from settlement.crash_points import Point, Reached
from settlement.journal import Clock
from settlement.ledger import days, plans
from settlement.ledger.plans import StoredPlan
from settlement.parties import Parties
from settlement.planning import Planned, Planning
from settlement.plans import Plan
from settlement.schedule import Asked
from settlement.turns import own_turn

PassedBy = Callable[[datetime], datetime]
"""Waits until the watermark has passed an instant; the watermark. Raises WatermarkBehind."""


class PlanUnknown(Exception):
    """No plan has this hash."""


class PlanOutOfDate(Exception):
    """The books have moved since the plan was made; nothing of it was applied."""


class DaysInProgress(Exception):
    """A close is under way or was cut off, so what comes after it cannot be planned."""


@dataclass(frozen=True, slots=True)
class Made:
    """A plan and the hash under which it is stored; "" when there is nothing to do."""

    plan_hash: str
    planned: Planned


@dataclass(frozen=True, slots=True)
class Settled:
    """What an apply did: the plan it made or was given ("": none), and what came of all of it."""

    plan_hash: str
    planned: Planned
    applied: Applied


class Settling:
    """Wires planning and applying; `passed_by` waits for the watermark."""

    def __init__(
        self,
        engine: Engine,
        planning: Planning,
        applying: Applying,
        parties: Parties,
        clock: Clock,
        reached: Reached,
        passed_by: PassedBy,
    ) -> None:
        self._engine = engine
        self._planning = planning
        self._applying = applying
        self._parties = parties
        self._clock = clock
        self._reached = reached
        self._passed_by = passed_by

    def plan(self, asked: Asked) -> Made:
        """What an apply would do now, stored under its hash.

        Raises DaysInProgress, EarlierDaysOpen and WatermarkBehind.
        """
        with self._engine.begin() as connection:
            halfway = days.in_progress(connection)
        if halfway:
            raise DaysInProgress(
                f"The close of {halfway[0]} is not finished. Run apply: it finishes that first."
            )
        return self._made(asked)

    def apply(self, asked: Asked) -> Settled:
        """Finish what was begun, then plan what is asked for and apply it.

        Raises EarlierDaysOpen and WatermarkBehind.
        """
        with own_turn(self._engine):
            applied = self._applying.resume()
            made = self._made(asked)
            if made.plan_hash:
                _add(applied, self._applying.apply(self._stored(made.plan_hash)))
            return Settled(made.plan_hash, made.planned, applied)

    def apply_plan(self, plan_hash: str) -> Settled:
        """Finish what was begun, then apply the stored plan, if it is still what would be planned.

        A finished plan changes nothing. Raises PlanUnknown and PlanOutOfDate.
        """
        with own_turn(self._engine):
            applied = self._applying.resume()
            stored = self._stored(plan_hash)
            if stored.state == "made":
                self._refuse_outdated(stored)
                _add(applied, self._applying.apply(stored))
            return Settled(plan_hash, Planned(stored.plan), applied)

    def resume(self) -> Settled:
        """Finish what was begun, and send the transfers that are due."""
        with own_turn(self._engine):
            return Settled("", Planned(Plan()), self._applying.resume())

    def _made(self, asked: Asked) -> Made:
        watermark = self._passed_by(self._clock())
        planned = self._planning.plan(asked, watermark, self._parties.with_cards())
        if planned.plan.is_empty:
            return Made("", planned)
        with self._engine.begin() as connection:
            stored = plans.store(connection, planned.plan, watermark, self._clock())
        self._reached(Point.PLAN_STORED)
        return Made(stored.plan_hash, planned)

    def _stored(self, plan_hash: str) -> StoredPlan:
        with self._engine.begin() as connection:
            stored = plans.find(connection, plan_hash)
        if stored is None:
            raise PlanUnknown(f"No plan has the hash {plan_hash}. Make one with plan.")
        return stored

    def _refuse_outdated(self, stored: StoredPlan) -> None:
        if self._planning.again(stored.plan, self._parties.with_cards()) != stored.plan:
            raise PlanOutOfDate(
                f"The plan {stored.plan_hash} is out of date: the books or the results have moved"
                " since it was made. Nothing was charged. Make a new plan and read it."
            )


def _add(applied: Applied, more: Applied) -> None:
    applied.finished += more.finished
    applied.troubles += more.troubles
