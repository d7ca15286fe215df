"""What a file changes of an agreement: its proposal, or terms, budget and standing once accepted.

The first version of each may lie in the past, because the operator says so; every later one holds
from its announcement on (rules.md §6).
"""

from collections.abc import Iterator

from msgspec.structs import replace

from partnerships.declaration.reading import Entry
from partnerships.declaration.versions import change, next_version
from partnerships.declaration.world import World
from partnerships.declaration.writes import Accept, Change, Propose, Publish, Write
from partnerships.known import Proposal
from partnerships.money import parse_amount
from partnerships.records import Agreement, Budget, Standing, Status, Terms
from partnerships.terms import PAYER_SHARE_BPS

_WINDOW_DAYS = 30


def agreement_change(entry: Entry, world: World) -> Change:
    """The writes of one agreement."""
    known = world.view.get(Agreement, entry.id)
    agreement = _agreement(entry, world)
    accepted_ms = world.start_ms(entry.get("accepted_on"), agreement.advertiser_id)
    if world.standings(entry.id):
        writes = list(_accepted_writes(entry, agreement, world))
    elif accepted_ms is not None:
        writes = list(_acceptance(entry, agreement, accepted_ms, world))
    else:
        proposal = _proposal(entry, agreement, world)
        same = known == agreement and world.known.proposals.get(entry.id) == proposal
        writes = [] if same else [Propose(agreement, proposal)]
    return change("agreements", entry.id, writes, is_new=known is None)


def waiting_changes(world: World) -> Iterator[Change]:
    """Agreements that the file does not name and that a card of it makes active."""
    declared = {entry.id for entry in world.file.entries["agreements"]}
    for agreement in world.view.all(Agreement):
        if agreement.id not in declared and world.standings(agreement.id):
            writes = list(_standing_writes(agreement, None, world))
            if writes:
                yield change("agreements", agreement.id, writes, is_new=False)


def _agreement(entry: Entry, world: World) -> Agreement:
    advertiser = world.advertiser(entry.values["site"])
    assert advertiser is not None, "the checks let no agreement of an unknown site through"
    return Agreement(
        id=entry.id,
        advertiser_id=advertiser,
        partner_id=entry.values["partner"],
        site_id=entry.values["site"],
        objective_id=entry.values["objective"],
    )


def _proposal(entry: Entry, agreement: Agreement, world: World) -> Proposal:
    currency = _currency(agreement, world)
    terms = world.view.get(Terms, entry.id)
    proposed = world.known.proposals.get(entry.id)
    return Proposal(
        price_minor=parse_amount(entry.values["price"], currency),
        payer_share_bps=PAYER_SHARE_BPS[entry.values["fee_paid_by"]],
        window_days=entry.get("window_days")
        or (terms.window_days if terms else proposed.window_days if proposed else _WINDOW_DAYS),
        budget_minor=parse_amount(entry.values["budget"], currency),
    )


def _currency(agreement: Agreement, world: World) -> str:
    currency = world.currency(agreement.advertiser_id)
    assert currency is not None, "the checks let no account without a currency through"
    return currency


def _acceptance(
    entry: Entry, agreement: Agreement, accepted_ms: int, world: World
) -> Iterator[Write]:
    proposal = _proposal(entry, agreement, world)
    if entry.id in world.known.proposals:
        yield Accept(entry.id)
    yield Publish(agreement)
    currency = _currency(agreement, world)
    yield Publish(proposal.terms(entry.id, world.installation, currency, accepted_ms))
    yield Publish(Budget(id=entry.id, budget_minor=proposal.budget_minor))
    status: Status = "active" if world.has_card(agreement.advertiser_id) else "waiting"
    yield Publish(Standing(id=entry.id, status=status, effective_from_ms=accepted_ms))
    ended_ms = world.start_ms(entry.get("ended_on"), agreement.advertiser_id)
    if ended_ms is not None:
        yield Publish(Standing(id=entry.id, version=2, status="ended", effective_from_ms=ended_ms))


def _accepted_writes(entry: Entry, agreement: Agreement, world: World) -> Iterator[Write]:
    proposal = _proposal(entry, agreement, world)
    terms = world.view.get(Terms, entry.id)
    assert terms is not None, "an accepted agreement has terms"
    agreed = (terms.price_minor, terms.payer_share_bps, terms.window_days)
    if agreed != proposal[:3]:
        currency = _currency(agreement, world)
        wanted = proposal.terms(entry.id, world.installation, currency, world.now_ms)
        yield Publish(replace(wanted, version=terms.version + 1), from_publication=True)
    budget = Budget(id=entry.id, budget_minor=proposal.budget_minor)
    if record := next_version(world.view.get(Budget, entry.id), budget):
        yield Publish(record)
    ended_ms = world.start_ms(entry.get("ended_on"), agreement.advertiser_id)
    yield from _standing_writes(agreement, ended_ms, world)


def _standing_writes(agreement: Agreement, ended_ms: int | None, world: World) -> Iterator[Write]:
    newest = world.standings(agreement.id)[-1]
    if newest.status == "waiting" and world.has_card(agreement.advertiser_id):
        newest = _next(newest, "active", world.now_ms)
        yield Publish(newest, from_publication=True)
    if ended_ms is not None and newest.status != "ended":
        yield Publish(_next(newest, "ended", ended_ms), from_publication=True)


def _next(standing: Standing, status: Status, from_ms: int) -> Standing:
    version = standing.version + 1
    return replace(standing, version=version, status=status, effective_from_ms=from_ms)
