"""Counted rows with defaults, so that a test shows only what matters to it."""

from datetime import date
from typing import Any

from dashboards.views.ranges import Range, chosen
from dashboards.views.results import Clicked, Decided, Place, Results
from partnerships.money import FeeGroup, amounts
from tests.dashboards.example import BIKES, DEALS, GRAVEL, NOW_MS, ZONE, Deal

DAY = date(2026, 11, 11)


def decided(deal: Deal = GRAVEL, **fields: Any) -> Decided:
    """Billable results of a deal on one day, the fee paid by the partner."""
    billable = fields.pop("billable", 1)
    refusals = fields.pop("refusals", {})
    group = fields.pop("group", FeeGroup(1250, 0))
    defaults: dict[str, Any] = {
        "day": DAY,
        "hour_ms": None,
        "agreement_id": deal.agreement_id,
        "advertiser_id": BIKES,
        "place": Place(deal.partner_id, "shop"),
        "objective_type": deal.type,
        "currency": "EUR",
        "tracked": billable + sum(refusals.values()),
        "billable": billable,
        "refusals": refusals,
        "added": amounts(billable * deal.price_minor, group),
    }
    return Decided(**{**defaults, **fields})


def clicked(deal: Deal = GRAVEL, clicks: int = 1, **fields: Any) -> Clicked:
    """Clicks from a deal's partner on one day."""
    defaults: dict[str, Any] = {
        "day": DAY,
        "hour_ms": None,
        "advertiser_id": BIKES,
        "place": Place(deal.partner_id, "shop"),
        "clicks": clicks,
    }
    return Clicked(**{**defaults, **fields})


def results(*rows: Decided | Clicked) -> Results:
    """These rows."""
    return Results(
        tuple(row for row in rows if isinstance(row, Decided)),
        tuple(row for row in rows if isinstance(row, Clicked)),
    )


def november_by_day() -> Results:
    """The example month's billable results, day by day."""
    return results(
        *(
            decided(deal, billable=number, day=date(2026, 11, 1 + index))
            for deal in DEALS
            for index, number in enumerate(deal.days)
            if number
        )
    )


def range_of(preset: str, first: str = "", last: str = "") -> Range:
    """A range as of the example's now."""
    return chosen(preset, first, last, ZONE, NOW_MS)
