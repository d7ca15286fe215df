"""Every place between two lasting effects where a kill must do no harm, by name.

Code that moves money calls `reached(point)` right after the effect the point is named for. In
production this does nothing; the tests end the process there and run it again.
"""

import os
import signal
from collections.abc import Callable
from enum import StrEnum


class Point(StrEnum):
    """In the order in which one run passes them."""

    PLAN_STORED = "plan-stored"
    PLAN_BEGUN = "plan-begun"
    DAY_SNAPSHOTTED = "day-snapshotted"
    LINES_WRITTEN = "lines-written"
    DAY_ACCRUED = "day-accrued"
    CLOSED_ROWS_WRITTEN = "closed-rows-written"
    DAY_STATED = "day-stated"
    CUSTOMER_CREATED = "customer-created"
    CUSTOMER_STORED = "customer-stored"
    CHARGE_PREPARED = "charge-prepared"
    INTENT_ATTEMPTED = "intent-attempted"
    INTENT_CREATED = "intent-created"
    INTENT_STORED = "intent-stored"
    CONFIRM_ATTEMPTED = "confirm-attempted"
    INTENT_CONFIRMED = "intent-confirmed"
    CHARGE_SETTLED = "charge-settled"
    TRANSFER_ACCOUNT_CREATED = "transfer-account-created"
    TRANSFER_ACCOUNT_STORED = "transfer-account-stored"
    TRANSFER_RELEASED = "transfer-released"
    TRANSFER_ATTEMPTED = "transfer-attempted"
    TRANSFER_CREATED = "transfer-created"
    TRANSFER_SETTLED = "transfer-settled"
    PLAN_FINISHED = "plan-finished"


Reached = Callable[[Point], None]


def crash_at(chosen: Point | None) -> Reached:
    """The hook: ends this process, as kill -9 does, at the chosen point; None: nowhere."""

    def reached(point: Point) -> None:
        if point == chosen:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached
