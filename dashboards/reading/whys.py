"""Reads one result with everything that explains it, for one of its two sides."""

from collections.abc import Mapping
from typing import Any

from dashboards.parts import Parts
from dashboards.reading.viewers import Viewer, read_parties
from dashboards.views import moments
from dashboards.views.cases import Case, First
from dashboards.views.results import Side
from dashboards.views.why import Why, why
from partnerships import AgreementSheet, account
from partnerships.money import FeeGroup

Row = Mapping[str, Any]


def read_why(parts: Parts, viewer: Viewer, conversion_id: str) -> tuple[Side, Why] | None:
    """None when there is no such result, or it is of other accounts."""
    row = _conversion(parts, conversion_id)
    side = _side(row, viewer.account.account_id) if row else None
    if row is None or side is None:
        return None
    parties = read_parties(parts, viewer, side)
    sheet = parties.sheet(row["agreement_id"])
    if sheet is None:
        return None
    gross_before, full_ms = _purse_before(parts, row)
    case = Case(
        row=row,
        side=side,
        sheet=sheet,
        first=_first(parts, row, sheet),
        host=_host(parts, row),
        gross_before=gross_before,
        full_ms=full_ms,
    )
    return side, why(case)


def _conversion(parts: Parts, conversion_id: str) -> Row | None:
    rows = parts.warehouse.ask("conversion_by_id", conversion=conversion_id)
    return rows[0] if rows else None


def _side(row: Row, account_id: str) -> Side | None:
    if row["advertiser_id"] == account_id:
        return "paying"
    return "earning" if row["partner_id"] == account_id else None


def _first(parts: Parts, row: Row, sheet: AgreementSheet) -> First | None:
    """Of a duplicate, what is told of the result that counted."""
    found = _conversion(parts, row["first_id"]) if row["first_id"] else None
    if found is None or found["advertiser_id"] != row["advertiser_id"]:
        return None
    own = found["partner_id"] == row["partner_id"]
    return First(
        at_ms=moments.to_ms(found["at"]),
        partner_name=sheet.partner_name if own else _partner_name(parts, found["partner_id"]),
        own=own,
        later=found["touch_at"] > row["touch_at"],
    )


def _partner_name(parts: Parts, partner_id: str) -> str:
    profile = account(parts.partnerships, partner_id)
    return profile.name if profile else partner_id


def _host(parts: Parts, row: Row) -> str:
    """Where it happened; "" once the event is no longer kept."""
    if row["disposition"] != "wrong_host":
        return ""
    place = {name: row[name] for name in ("partition", "offset", "line")}
    events = parts.warehouse.ask("event_by_source", **place)
    found: str = events[0]["host"] if events else ""
    return found


def _purse_before(parts: Parts, row: Row) -> tuple[dict[FeeGroup, int], int | None]:
    if row["disposition"] != "over_budget":
        return {}, None
    rows = parts.warehouse.ask(
        "purse_before",
        advertiser=row["advertiser_id"],
        agreement=row["agreement_id"],
        month=row["month"],
        sequence=row["sequence"],
    )
    gross = {
        FeeGroup(each["fee_rate_bps"], each["payer_share_bps"]): each["gross_minor"]
        for each in rows
    }
    last = [moments.to_ms(each["last_billable_at"]) for each in rows]
    return gross, max(last, default=None)
