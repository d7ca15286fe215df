"""Reads a page about a period, of all agreements of a side or of one."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from dashboards.parts import Parts
from dashboards.reading.closings import read_closed
from dashboards.reading.counts import Counts
from dashboards.reading.viewers import Viewer, currency_of
from dashboards.views import moments, purses, ranges
from dashboards.views.overview import Asked, Overview, Reading, one_agreement, overview
from dashboards.views.parties import Parties
from dashboards.views.ranges import Period
from dashboards.views.results import Results

FEED_ROWS: Final = 12


def read_overview(
    parts: Parts, viewer: Viewer, parties: Parties, asked: Asked, agreement_id: str = ""
) -> Overview:
    """The page of a side; of one agreement, which is one of `parties`, if it is named."""
    counts = Counts(parts.warehouse, parties.side, viewer.account.account_id)
    shown = asked.shown
    # First what is newest: a fact that arrives while the rest is read is told once more.
    newest = counts.newest(shown.today)
    now = _results(counts, shown.period, asked, parties, agreement_id)
    before = _before(counts, asked, parties, agreement_id)
    reading = Reading(
        parties=_narrowed(parties, agreement_id),
        currency=currency_of(parties, viewer),
        now=now,
        before=before,
        purse_rows=counts.purses(
            min(shown.period.first, shown.today), max(shown.period.last, shown.today), agreement_id
        ),
        pace_rows=counts.paces(shown.today, purses.PACE_DAYS, agreement_id),
        latest_rows=_latest(counts, asked, agreement_id),
        closed=read_closed(parts, viewer, parties),
        newest=newest,
        first_day=_first_day(counts, now, before),
        behind_ms=_behind_ms(parts),
        slots=_slots(parties, agreement_id),
    )
    return overview(asked, reading)


def _narrowed(parties: Parties, agreement_id: str) -> Parties:
    if not agreement_id:
        return parties
    return Parties(parties.side, [sheet for sheet in parties.sheets if sheet.id == agreement_id])


def _slots(parties: Parties, agreement_id: str) -> dict[str, int]:
    """On an agreement's page its other side keeps the colour it has among all."""
    sheet = parties.sheet(agreement_id) if agreement_id else None
    if sheet is None:
        return {}
    other = parties.other_id(sheet)
    return {other: parties.slots(()).get(other, 1)}


def _results(
    counts: Counts, period: Period, asked: Asked, parties: Parties, agreement_id: str
) -> Results:
    results = counts.results(period, asked.shown.step, asked.shown.zone, agreement_id)
    sheet = parties.sheet(agreement_id) if agreement_id else None
    return one_agreement(results, sheet) if sheet else results


def _before(
    counts: Counts, asked: Asked, parties: Parties, agreement_id: str
) -> tuple[Period, Results] | None:
    period = ranges.compared(asked.shown, asked.against)
    if period is None:
        return None
    return period, _results(counts, period, asked, parties, agreement_id)


def _latest(counts: Counts, asked: Asked, agreement_id: str) -> list[Mapping[str, Any]]:
    return [*counts.latest(asked.shown, agreement_id=agreement_id, limit=FEED_ROWS)]


def _first_day(counts: Counts, now: Results, before: tuple[Period, Results] | None) -> date | None:
    """Asked only where the page has to say since when there is anything."""
    empty = Results()
    if now != empty and (before is None or before[1] != empty):
        return None
    return counts.first_day()


def _behind_ms(parts: Parts) -> int:
    (row,) = parts.warehouse.ask("watermark", partitions=parts.settings.partitions)
    if row["watermark"] is None:
        return 0
    return max(parts.now_ms() - moments.to_ms(row["watermark"]), 0)
