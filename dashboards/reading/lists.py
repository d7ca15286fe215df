"""Reads a page of a long list of results, and how long the list is."""

from dataclasses import dataclass
from typing import Final

from dashboards.parts import Parts
from dashboards.reading.counts import Counts
from dashboards.reading.viewers import Viewer
from dashboards.views import figures
from dashboards.views.feeds import FeedRow, feed
from dashboards.views.overview import Asked
from dashboards.views.parties import Parties
from dashboards.views.results import Tally, tally

PAGE_ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class ResultList:
    """`position`: such as `51–100 of 328`. `previous`, `next`: page numbers, "" at the ends."""

    rows: tuple[FeedRow, ...]
    position: str
    previous: str
    next: str


def read_list(
    parts: Parts,
    viewer: Viewer,
    parties: Parties,
    asked: Asked,
    agreement_id: str,
    reason: str,
    number: int,
) -> ResultList:
    """Page `number` of the list, from 1."""
    counts = Counts(parts.warehouse, parties.side, viewer.account.account_id)
    shown = asked.shown
    results = counts.results(shown.period, shown.step, shown.zone, agreement_id)
    total = _matching(tally(results, ()), reason)
    skip = (number - 1) * PAGE_ROWS
    rows = counts.latest(
        shown, agreement_id=agreement_id, disposition=reason, limit=PAGE_ROWS, skip=skip
    )
    last = min(skip + PAGE_ROWS, total)
    return ResultList(
        rows=tuple(feed([*rows], parties, shown.zone)),
        position=(
            f"{figures.count(skip + 1)}\u2013{figures.count(last)} of {figures.count(total)}"
            if rows
            else ""
        ),
        previous=str(number - 1) if number > 1 else "",
        next=str(number + 1) if last < total else "",
    )


def _matching(whole: Tally, reason: str) -> int:
    return {
        "": whole.tracked,
        "billable": whole.billable,
        "refused": whole.refused,
    }.get(reason, whole.refusals.get(reason, 0))
