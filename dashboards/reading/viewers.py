"""Who is signed in: a person, their account, and the sides of it that they see."""

from dataclasses import dataclass

from dashboards.parts import Parts
from dashboards.views.parties import Parties
from dashboards.views.results import Side
from partnerships import AccountProfile, User, account, agreements_of, user


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person and the account they act for."""

    user: User
    account: AccountProfile

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that the account stands on; a new account starts as one that pays."""
        earns: tuple[Side, ...] = ("earning",) if self.account.earns else ()
        pays: tuple[Side, ...] = ("paying",) if self.account.pays or not earns else ()
        return pays + earns


def read_viewer(parts: Parts, user_id: int) -> Viewer | None:
    """The viewer of a session; None when there is no such person any more."""
    found = user(parts.partnerships, user_id)
    profile = account(parts.partnerships, found.account_id) if found else None
    return Viewer(found, profile) if found and profile else None


def read_parties(parts: Parts, viewer: Viewer, side: Side) -> Parties:
    """The account's agreements as seen from a side."""
    sheets = agreements_of(parts.partnerships, viewer.account.account_id, side, parts.now_ms())
    return Parties(side, sheets)


def zone_of(parties: Parties, viewer: Viewer) -> str:
    """The one zone of a page: days are days of the advertiser's.

    A partner of advertisers in several zones reads times in their own.
    """
    zones = {sheet.zone for sheet in parties.sheets}
    if parties.side == "paying" or len(zones) != 1:
        return viewer.account.zone
    return zones.pop()


def currency_of(parties: Parties, viewer: Viewer) -> str:
    """The currency of a page's chart of money: the account's own, if anything is agreed in it."""
    currencies = [sheet.terms.currency for sheet in parties.sheets]
    own = viewer.account.currency
    return own if own in currencies or not currencies else currencies[0]
