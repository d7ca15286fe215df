"""Reads what a partner earned and how far the money has come, through settlement's door."""

from datetime import date

from dashboards.parts import Parts
from dashboards.reading.counts import Counts
from dashboards.reading.viewers import Viewer, currency_of, zone_of
from dashboards.views import moments
from dashboards.views.earnings import Books, Charged, Earnings, Sums, earnings, sums_of
from dashboards.views.parties import Parties
from dashboards.views.ranges import Period
from dashboards.views.results import Results, tally
from partnerships.days import month_of


def read_sums(parts: Parts, viewer: Viewer, parties: Parties) -> Sums:
    """This month's earnings: pending, held and paid."""
    zone = zone_of(parties, viewer)
    month = month_of(moments.local(parts.now_ms(), zone).date())
    results = _month(parts, viewer, month, zone)
    earned = tally(results, ()).money("earning") or {currency_of(parties, viewer): 0}
    return sums_of(month, earned, read_books(parts, viewer), zone)


def read_earnings(parts: Parts, viewer: Viewer, parties: Parties, month: str) -> Earnings:
    """A month in full."""
    zone = zone_of(parties, viewer)
    results = _month(parts, viewer, month, zone)
    return earnings(month, results, read_books(parts, viewer), parties, zone)


def read_books(parts: Parts, viewer: Viewer) -> Books:
    """The partner's lines and transfers, and of the statements they stand in only the charge."""
    partner_id = viewer.account.account_id
    lines = parts.statements.of_partner(partner_id)
    stated = {line.statement_id for line in lines}
    charged = {
        statement.statement_id: Charged(statement.charge_id, statement.charge_state)
        for advertiser_id in {line.advertiser_id for line in lines}
        for statement in parts.statements.of_advertiser(advertiser_id)
        if statement.statement_id in stated
    }
    return Books(lines, charged, parts.statements.transfers(partner_id))


def _month(parts: Parts, viewer: Viewer, month: str, zone: str) -> Results:
    first: date = moments.first_of(month)
    counts = Counts(parts.warehouse, "earning", viewer.account.account_id)
    return counts.results(Period(first, moments.last_of(month)), "day", zone)
