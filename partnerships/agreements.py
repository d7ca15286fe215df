"""The agreements of an account, from either side, with all that a page says of them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeVar

from msgspec.structs import replace
from sqlalchemy import Connection

from partnerships.catalog import View
from partnerships.known import Installation, Proposal
from partnerships.records import (
    Account,
    Agreement,
    Budget,
    Link,
    Objective,
    Record,
    Site,
    Standing,
    Status,
    Terms,
)
from partnerships.store import tables
from partnerships.store.private import read_installation, read_proposals
from partnerships.store.rows import KEPT, read_records
from partnerships.store.store import Store

R = TypeVar("R", bound=Record)
Side = Literal["paying", "earning"]


@dataclass(frozen=True, slots=True)
class AgreementSheet:
    """One agreement at an instant.

    `status`: "pending" until it is accepted; then `terms` has version 0 and says what is proposed.
    `since_ms`: when that status began; None while pending. `coming`: terms that are agreed and do
    not hold yet. `zone`: the advertiser's. `link`: the partner's to this site, once there is one.
    """

    id: str
    advertiser_id: str
    advertiser_name: str
    partner_id: str
    partner_name: str
    site: Site
    objective: Objective
    status: Status | Literal["pending"]
    since_ms: int | None
    terms: Terms
    coming: Terms | None
    budget_minor: int
    budget_version: int
    zone: str
    link: Link | None


def agreements_of(store: Store, account_id: str, side: Side, now_ms: int) -> list[AgreementSheet]:
    """All agreements in which the account pays or earns, of whatever status, in order of ids."""
    own = tables.agreements.c.advertiser_id if side == "paying" else tables.agreements.c.partner_id
    with store.reading() as connection:
        agreements = list(read_records(connection, Agreement, own == account_id))
        view = View(_around(connection, agreements))
        installation = read_installation(connection) or Installation()
        offers = {
            agreement_id: _Offer(proposal, installation)
            for agreement_id, proposal in read_proposals(connection).items()
        }
    return [_sheet(each, view, offers.get(each.id), now_ms) for each in agreements]


class _Offer(NamedTuple):
    proposal: Proposal
    installation: Installation


def _around(connection: Connection, agreements: list[Agreement]) -> Iterator[Any]:
    """The records that these agreements name, or that say more of them."""
    ids = {each.id for each in agreements}
    accounts = {name for each in agreements for name in (each.advertiser_id, each.partner_id)}
    sites = {each.site_id for each in agreements}
    objectives = {each.objective_id for each in agreements}
    for kind in (Standing, Terms, Budget):
        yield from _named(connection, kind, ids)
    yield from _named(connection, Account, accounts)
    yield from _named(connection, Site, sites)
    yield from _named(connection, Objective, objectives)
    yield from read_records(connection, Link, tables.links.c.site_id.in_(sites))


def _named(connection: Connection, kind: type[Record], ids: Collection[str]) -> Iterator[Record]:
    return read_records(connection, kind, KEPT[kind].table.c.id.in_(ids))


def _sheet(agreement: Agreement, view: View, offer: _Offer | None, now_ms: int) -> AgreementSheet:
    advertiser = _present(view, Account, agreement.advertiser_id)
    partner = _present(view, Account, agreement.partner_id)
    standing = _standing(agreement, view, now_ms)
    terms, coming = _terms(agreement, view, offer, advertiser.currency, now_ms)
    budget = view.get(Budget, agreement.id)
    return AgreementSheet(
        id=agreement.id,
        advertiser_id=advertiser.id,
        advertiser_name=advertiser.name,
        partner_id=partner.id,
        partner_name=partner.name,
        site=_present(view, Site, agreement.site_id),
        objective=_objective(agreement, view, now_ms),
        status=standing.status if standing else "pending",
        since_ms=standing.effective_from_ms if standing else None,
        terms=terms,
        coming=coming,
        budget_minor=_budget_minor(budget, offer),
        budget_version=budget.version if budget else 0,
        zone=advertiser.zone,
        link=next((each for each in view.all(Link) if _leads(each, agreement)), None),
    )


def _present(view: View, kind: type[R], object_id: str) -> R:
    record = view.get(kind, object_id)
    assert record is not None, f"{object_id} is named by an agreement and never removed"
    return record


def _budget_minor(budget: Budget | None, offer: _Offer | None) -> int:
    if budget:
        return budget.budget_minor
    assert offer, "an agreement without a budget is proposed"
    return offer.proposal.budget_minor


def _leads(link: Link, agreement: Agreement) -> bool:
    return (link.partner_id, link.site_id) == (agreement.partner_id, agreement.site_id)


def _objective(agreement: Agreement, view: View, now_ms: int) -> Objective:
    versions = view.versions(Objective, agreement.objective_id)
    return view.in_force(Objective, agreement.objective_id, now_ms) or versions[0]


def _standing(agreement: Agreement, view: View, now_ms: int) -> Standing | None:
    versions = view.versions(Standing, agreement.id)
    return view.in_force(Standing, agreement.id, now_ms) or (versions[0] if versions else None)


def _terms(
    agreement: Agreement, view: View, offer: _Offer | None, currency: str, now_ms: int
) -> tuple[Terms, Terms | None]:
    """The terms in force, or the first there will be; and newer ones that do not hold yet."""
    versions = view.versions(Terms, agreement.id)
    if not versions:
        assert offer, "an agreement without terms is proposed"
        terms = offer.proposal.terms(agreement.id, offer.installation, currency, 0)
        return replace(terms, version=0), None
    current = view.in_force(Terms, agreement.id, now_ms) or versions[0]
    return current, versions[-1] if versions[-1].version > current.version else None
