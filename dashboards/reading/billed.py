"""Reads what an advertiser was charged, and what the next charge will take so far."""

from datetime import date, timedelta

from dashboards.parts import Parts
from dashboards.reading.counts import Counts
from dashboards.reading.viewers import Viewer
from dashboards.views import moments
from dashboards.views.billing import Billing, StatementSheet, billing, statement_sheet
from dashboards.views.parties import Parties
from dashboards.views.ranges import MOST_DAYS, Period
from dashboards.views.results import tally


def read_billing(parts: Parts, viewer: Viewer) -> Billing:
    """The account's statements and charges."""
    account = viewer.account
    statements = parts.statements
    return billing(
        _open_minor(parts, viewer),
        statements.of_advertiser(account.account_id),
        statements.charges(account.account_id),
        account.currency,
        account.zone,
    )


def read_statement(
    parts: Parts, viewer: Viewer, parties: Parties, statement_id: str
) -> StatementSheet | None:
    """A statement of the account; None when it has none of this id."""
    account = viewer.account
    for statement in parts.statements.of_advertiser(account.account_id):
        if statement.statement_id == statement_id:
            names = {sheet.id: parties.other_name(sheet) for sheet in parties.sheets}
            lines = parts.statements.lines(statement_id)
            return statement_sheet(statement, lines, names, account.zone)
    return None


def _open_minor(parts: Parts, viewer: Viewer) -> int:
    """What the days after the last closed one come to, in the account's currency."""
    account = viewer.account
    today = moments.local(parts.now_ms(), account.zone).date()
    first = _first_open(parts, account.account_id, today)
    counts = Counts(parts.warehouse, "paying", account.account_id)
    results = counts.results(Period(first, today), "day", account.zone)
    return tally(results, ()).money("paying").get(account.currency, 0)


def _first_open(parts: Parts, advertiser_id: str, today: date) -> date:
    stated = [day.day for day in parts.statements.days(advertiser_id) if day.state == "stated"]
    return max(stated) + timedelta(days=1) if stated else today - timedelta(days=MOST_DAYS)
