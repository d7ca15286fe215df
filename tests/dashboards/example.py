"""The example month: Harbour Bikes, its four partners, and every figure that a page says of them.

Now is Thu 12 Nov 2026, 14:20 CET.
"""

from dataclasses import dataclass
from typing import Final

from dashboards.views import figures
from partnerships import AgreementSheet
from partnerships.records import Link, Objective, ObjectiveType, Site, Terms
from partnerships.terms import PAYER_SHARE_BPS, FeePaidBy

ZONE: Final = "Europe/Berlin"
NOW_MS: Final = 1_794_489_600_000
MONTH: Final = "2026-11"
BIKES: Final = "harbour-bikes"


@dataclass(frozen=True, slots=True)
class Deal:
    """One agreement of the example; `days`: its billable results of 1–12 Nov."""

    agreement_id: str
    partner_id: str
    partner_name: str
    objective_id: str
    objective_name: str
    type: ObjectiveType
    price: str
    fee_paid_by: FeePaidBy
    budget: str
    link: str
    days: tuple[int, ...]

    @property
    def price_minor(self) -> int:
        return round(float(self.price) * 100)

    @property
    def budget_minor(self) -> int:
        return round(float(self.budget) * 100)


GRAVEL: Final = Deal(
    agreement_id="gravel-letters-sale",
    partner_id="gravel-letters",
    partner_name="Gravel Letters",
    objective_id="sale",
    objective_name="Sale",
    type="sale",
    price="12.00",
    fee_paid_by="partner",
    budget="1500.00",
    link="gravel01",
    days=(4, 5, 6, 3, 5, 7, 4, 4, 6, 5, 7, 5),
)
SLOW: Final = Deal(
    agreement_id="slow-miles-test-ride",
    partner_id="slow-miles",
    partner_name="Slow Miles",
    objective_id="test-ride",
    objective_name="Test ride",
    type="lead",
    price="3.75",
    fee_paid_by="half",
    budget="480.00",
    link="slowmiles1",
    days=(8, 9, 9, 8, 8, 8, 9, 7, 9, 8, 9, 6),
)
CITY: Final = Deal(
    agreement_id="city-cycle-guide-workshop",
    partner_id="city-cycle-guide",
    partner_name="City Cycle Guide",
    objective_id="workshop",
    objective_name="Workshop booking",
    type="appointment",
    price="9.00",
    fee_paid_by="payer",
    budget="405.00",
    link="cityguide1",
    days=(4, 3, 4, 4, 3, 4, 4, 3, 4, 4, 3, 0),
)
FORUM: Final = Deal(
    agreement_id="bike-forum-north-visit",
    partner_id="bike-forum-north",
    partner_name="Bike Forum North",
    objective_id="visit",
    objective_name="Visit",
    type="click",
    price="0.15",
    fee_paid_by="partner",
    budget="120.00",
    link="bikeforum1",
    days=(36, 38, 39, 37, 34, 35, 30, 31, 36, 36, 41, 19),
)
DEALS: Final = (GRAVEL, SLOW, CITY, FORUM)


def sheet(deal: Deal) -> AgreementSheet:
    """What partnerships say of the agreement."""
    return AgreementSheet(
        id=deal.agreement_id,
        advertiser_id=BIKES,
        advertiser_name="Harbour Bikes",
        partner_id=deal.partner_id,
        partner_name=deal.partner_name,
        site=Site(
            id="shop",
            advertiser_id=BIKES,
            key="ck_shop",
            hosts=("shop.harbourbikes.example",),
            landing_url="https://shop.harbourbikes.example/",
            verified_from_ms=0,
        ),
        objective=Objective(
            id=deal.objective_id,
            site_id="shop",
            name=deal.objective_name,
            type=deal.type,
            count="order",
        ),
        status="active",
        since_ms=0,
        terms=Terms(
            id=deal.agreement_id,
            effective_from_ms=0,
            price_minor=deal.price_minor,
            currency="EUR",
            fee_rate_bps=1250,
            payer_share_bps=PAYER_SHARE_BPS[deal.fee_paid_by],
        ),
        coming=None,
        budget_minor=deal.budget_minor,
        budget_version=1,
        zone=ZONE,
        link=Link(
            id=deal.link,
            partner_id=deal.partner_id,
            site_id="shop",
            landing_url="https://shop.harbourbikes.example/",
        ),
    )


def plain(text: str) -> str:
    """The text with ordinary spaces, as a test writes it."""
    return text.replace(figures.NBSP, " ")
