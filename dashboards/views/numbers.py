"""An overview as plain numbers for programs: money in minor units, days as dates."""

from typing import Any

from dashboards.views.overview import Overview
from dashboards.views.results import Side


def numbers(shown: Overview, side: Side) -> dict[str, Any]:
    """tracked = billable + refused; money by currency, in minor units."""
    whole, period = shown.whole, shown.asked.shown.period
    return {
        "side": side,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "zone": shown.asked.shown.zone,
        "so_far": shown.asked.shown.runs,
        "clicks": whole.clicks,
        "tracked": whole.tracked,
        "billable": whole.billable,
        "refused": whole.refused,
        "refusals": dict(whole.refusals),
        "results": whole.results,
        "rated_clicks": whole.rated_clicks,
        "money_minor": whole.money(side),
        "fees_minor": whole.fees(),
        "agreements": {
            sheet_id: {
                "tracked": own.tracked,
                "billable": own.billable,
                "refused": own.refused,
                "money_minor": own.money(side),
                "fees_minor": own.fees(),
            }
            for sheet_id, own in shown.by_agreement.items()
        },
        "newest": shown.newest,
    }
