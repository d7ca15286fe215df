"""Which days are closed: those that settlement stated."""

from collections.abc import Mapping
from datetime import date

from dashboards.parts import Parts
from dashboards.reading.viewers import Viewer
from dashboards.views.charts import Closed
from dashboards.views.parties import Parties


def read_closed(parts: Parts, viewer: Viewer, parties: Parties) -> Closed:
    """Whether a day of an advertiser is closed; asked of the account itself and whom it earns from.

    Days before an advertiser's first close never close and stay as they are.
    """
    advertisers = {sheet.advertiser_id for sheet in parties.sheets}
    if parties.side == "paying":
        advertisers.add(viewer.account.account_id)
    stated = {each: _stated(parts, each) for each in advertisers}
    return lambda advertiser_id, day: _is_closed(stated, advertiser_id, day)


def _stated(parts: Parts, advertiser_id: str) -> frozenset[date]:
    days = parts.statements.days(advertiser_id)
    return frozenset(each.day for each in days if each.state == "stated")


def _is_closed(stated: Mapping[str, frozenset[date]], advertiser_id: str, day: date) -> bool:
    days = stated.get(advertiser_id, frozenset())
    return day in days or (bool(days) and day < min(days))
