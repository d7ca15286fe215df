"""Who stands on the other side of an account's agreements, and how a page calls what they do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dashboards.views.results import Decided, Place, Side
from partnerships import AgreementSheet

NOUNS: Final[Mapping[str, str]] = {
    "click": "click",
    "lead": "lead",
    "appointment": "appointment",
    "sale": "sale",
}

SERIES: Final = 4
"""Never more in one plot; what is left is drawn as others."""

OTHERS: Final = 0
"""The slot of everyone without a colour of their own."""


@dataclass(frozen=True, slots=True)
class Parties:
    """The agreements of one account as seen from one of its sides."""

    side: Side
    sheets: Sequence[AgreementSheet]

    def sheet(self, agreement_id: str) -> AgreementSheet | None:
        """The agreement of an id, if it is this account's."""
        return next((sheet for sheet in self.sheets if sheet.id == agreement_id), None)

    def other_id(self, sheet: AgreementSheet) -> str:
        """The account on the other side."""
        return sheet.partner_id if self.side == "paying" else sheet.advertiser_id

    def other_name(self, sheet: AgreementSheet) -> str:
        """Its name."""
        return sheet.partner_name if self.side == "paying" else sheet.advertiser_name

    def name_of(self, account_id: str) -> str:
        """The name of an account on the other side; its id while no agreement says more."""
        named = {self.other_id(sheet): self.other_name(sheet) for sheet in self.sheets}
        return named.get(account_id, account_id)

    def whose(self, advertiser_id: str, place: Place) -> str:
        """The account on the other side of what happened at a place."""
        return place.partner_id if self.side == "paying" else advertiser_id

    def rated(self) -> frozenset[Place]:
        """Places with an agreement on more than clicks: their clicks have a rate."""
        return frozenset(
            place_of(sheet) for sheet in self.sheets if sheet.objective.type != "click"
        )

    def slots(self, decided: Sequence[Decided]) -> dict[str, int]:
        """The colours of the accounts on the other side, 1 to 4, in an order that stays.

        With more than four, the four with most results have one in this period; all others share.
        """
        known = list(dict.fromkeys(self.other_id(sheet) for sheet in self.sheets))
        met = dict.fromkeys(self.whose(each.advertiser_id, each.place) for each in decided)
        others = [*known, *sorted(met.keys() - set(known))]
        if len(others) > SERIES:
            billable = dict.fromkeys(others, 0)
            for each in decided:
                billable[self.whose(each.advertiser_id, each.place)] += each.billable
            most = sorted(others, key=lambda other: -billable[other])[:SERIES]
            others = [other for other in others if other in most]
        return {other: slot for slot, other in enumerate(others, start=1)}


def possessive(name: str) -> str:
    """`Gravel Letters'`, `Tern's`."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def place_of(sheet: AgreementSheet) -> Place:
    """Where an agreement's clicks are counted."""
    return Place(sheet.partner_id, sheet.site.id)
