"""Puts one more result into the warehouse, as the loader does when it arrives."""

from typing import Any

from partnerships.terms import PAYER_SHARE_BPS
from streams.facts import Conversion
from tests.dashboards.example import BIKES, NOW_MS, Deal
from tests.warehouse.facts_of import conversion
from tests.warehouse.filling import fill
from warehouse.store import Store


def arrival(deal: Deal, number: int, **fields: Any) -> Conversion:
    """A billable result of a deal, a minute before the example's now."""
    return conversion(
        number,
        agreement_id=deal.agreement_id,
        advertiser_id=BIKES,
        partner_id=deal.partner_id,
        objective_id=deal.objective_id,
        objective_type=deal.type,
        price_minor=deal.price_minor,
        payer_share_bps=PAYER_SHARE_BPS[deal.fee_paid_by],
        budget_minor=deal.budget_minor,
        event_path="/thanks/arrived",
        at_ms=NOW_MS - 60_000 + number,
        **fields,
    )


def arrive(store: Store, deal: Deal, number: int, **fields: Any) -> None:
    """Insert it."""
    fill(store, arrival(deal, number, **fields))
