"""A page about a period: tiles, chart, agreements, reasons, latest results, from one reading.

Whatever stands on the page, in the JSON and on the other side's page is a sum of the same rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from dashboards.views import figures, meters, moments, purses, ranges
from dashboards.views.agreement_rows import AgreementTable, agreement_table
from dashboards.views.charts import Chart, Closed, Mark, Question, chart
from dashboards.views.feeds import FeedRow, feed
from dashboards.views.meters import Meter
from dashboards.views.parties import NOUNS, Parties, place_of, possessive
from dashboards.views.purses import Forecast, Pace, Purse
from dashboards.views.ranges import Against, Period, Range
from dashboards.views.reasons import Ranking, ranking
from dashboards.views.results import Results, Tally, tally
from dashboards.views.tiles import Before, Metric, Tile, tiles
from partnerships import AgreementSheet
from partnerships.days import month_of

MOST_TO_DO = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page's address asks for. `problem`: what could not be understood, "" if nothing."""

    shown: Range
    against: Against = "before"
    metric: Metric = "billable"
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a page was made from, read once.

    `slots`: colours to keep, of a page that shows a part of the account. `purse_rows`,
    `pace_rows`, `latest_rows`: of the questions of these names. `newest`: changes when anything
    new arrives. `behind_ms`: how far the warehouse lags.
    """

    parties: Parties
    currency: str
    now: Results
    before: tuple[Period, Results] | None
    purse_rows: Sequence[Mapping[str, Any]]
    pace_rows: Sequence[Mapping[str, Any]]
    latest_rows: list[Mapping[str, Any]]
    closed: Closed
    newest: str
    first_day: date | None = None
    behind_ms: int = 0
    slots: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for a decision of the reader."""

    text: str
    agreement_id: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The page. `sum_line`: the range in one sentence. `account_line`: where the month ends."""

    asked: Asked
    newest: str
    as_of: str
    behind: str
    tasks: tuple[Task, ...]
    tiles: tuple[Tile, ...]
    chart: Chart
    table: AgreementTable
    ranking: Ranking
    feed: tuple[FeedRow, ...]
    meters: Mapping[str, Meter] = field(default_factory=dict)
    month: str = ""
    sum_line: str = ""
    account_line: str = ""
    whole: Tally = field(default_factory=Tally)
    by_agreement: Mapping[str, Tally] = field(default_factory=dict)


def overview(asked: Asked, read: Reading) -> Overview:
    """Everything on the page."""
    shown, parties = asked.shown, read.parties
    rated = parties.rated()
    whole = tally(read.now, rated)
    before = _before(asked, read)
    month = month_of(shown.today)
    known = _purses(parties, month, read, shown)
    slots = read.slots or parties.slots(read.now.decided)
    meters_now = {
        sheet.id: meters.meter(purse, NOUNS[sheet.objective.type], parties.side, pace, future)
        for sheet, purse, pace, future in known
        if sheet.status != "ended"
    }
    return Overview(
        asked=asked,
        newest=read.newest,
        as_of=moments.seconds_in_zone(shown.now_ms, shown.zone),
        behind=_behind(read.behind_ms) if shown.runs else "",
        tasks=tuple(_tasks(parties, month, known))[:MOST_TO_DO],
        tiles=tuple(
            tiles(
                parties.side,
                whole,
                before,
                read.currency,
                runs=shown.runs,
                budget=_budget(asked, parties, whole, known, read.currency),
            )
        ),
        chart=chart(
            _question(asked, read, before),
            parties,
            read.now,
            slots,
            None if before is None or before.since else read.before,
            read.closed,
            _marks(parties, read, shown),
        ),
        table=agreement_table(parties, read.now, slots, meters_now, read.currency),
        ranking=ranking(whole),
        feed=tuple(feed(read.latest_rows, parties, shown.zone)),
        meters=meters_now,
        month=moments.month_name(month),
        sum_line=_sum_line(shown, parties, whole, read.currency),
        account_line=_account_line(parties, month, known, read.currency),
        whole=whole,
        by_agreement={sheet.id: tally(read.now.of(sheet.id), rated) for sheet in parties.sheets},
    )


Known = tuple[AgreementSheet, Purse, Pace | None, Forecast | None]


def _purses(parties: Parties, month: str, read: Reading, shown: Range) -> list[Known]:
    """This month's purse of every agreement that has one, with its pace."""
    paces = {row["agreement_id"]: purses.pace_of(row, shown.today) for row in read.pace_rows}
    known = []
    for sheet in parties.sheets:
        if sheet.status == "pending":
            continue
        purse = purses.purse_of(sheet, month, read.purse_rows)
        pace = paces.get(sheet.id)
        future = purses.forecast(purse, pace, shown.now_ms) if sheet.status == "active" else None
        known.append((sheet, purse, pace, future))
    return known


def _before(asked: Asked, read: Reading) -> Before | None:
    if read.before is None:
        return None
    period, results = read.before
    words = ranges.in_words(asked.shown, period)
    since = ""
    if read.first_day is not None and read.first_day > period.last:
        since = moments.day_of_year(read.first_day)
    return Before(tally(results, read.parties.rated()), words, since)


def _question(asked: Asked, read: Reading, before: Before | None) -> Question:
    first = moments.day_of_year(read.first_day) if read.first_day else ""
    return Question(
        asked.metric,
        asked.shown,
        read.parties.side,
        read.currency,
        before.words if before and not before.since else "",
        first,
    )


def _marks(parties: Parties, read: Reading, shown: Range) -> list[Mark]:
    """Where a budget was used up."""
    marks = []
    for sheet in parties.sheets:
        for month in sorted({row["month"] for row in read.purse_rows}):
            purse = purses.purse_of(sheet, month, read.purse_rows)
            full_now = month == month_of(shown.today) and purse.full
            if purse.last_ms is not None and (purse.unpaid_after or full_now):
                marks.append(Mark(purse.last_ms, f"{parties.other_name(sheet)} full"))
    return marks


def _tasks(parties: Parties, month: str, known: Sequence[Known]) -> list[Task]:
    if parties.side != "paying":
        return []
    name = moments.month_name(month)
    return [
        Task(
            f"{possessive(sheet.partner_name)} {name} budget is full: raise it or leave it",
            sheet.id,
        )
        for sheet, purse, _, _ in known
        if sheet.status == "active" and purse.full
    ]


def _budget(
    asked: Asked, parties: Parties, whole: Tally, known: Sequence[Known], currency: str
) -> str:
    """`63.4 % of 2,505.00`, of the month whose results the page shows."""
    if parties.side != "paying" or asked.shown.preset != "month":
        return ""
    budget = sum(_most_minor(each) for each in known if each[1].currency == currency)
    paid = whole.money("paying").get(currency, 0)
    if not budget:
        return ""
    return f"{figures.percent(Fraction(paid, budget))} of {figures.amount(budget, currency)}"


def _account_line(parties: Parties, month: str, known: Sequence[Known], currency: str) -> str:
    if parties.side != "paying":
        return ""
    ends = [(_end_minor(each), _most_minor(each)) for each in known if each[1].currency == currency]
    return meters.account_line(month, ends, currency)


def _end_minor(known: Known) -> int | None:
    """What an agreement's month comes to; what is not active stays as it is."""
    sheet, purse, _, future = known
    if sheet.status != "active":
        return purse.used_minor
    return future.month_end_minor if future else None


def _most_minor(known: Known) -> int:
    """The most that an agreement's month can come to: an ended one adds nothing any more."""
    sheet, purse, _, _ = known
    return purse.used_minor if sheet.status == "ended" else purse.budget_minor


def _sum_line(shown: Range, parties: Parties, whole: Tally, currency: str) -> str:
    so_far = " so far" if shown.runs else ""
    paid = figures.sums(whole.money(parties.side), currency)
    return f"{shown.dates}{so_far}, {shown.zone}: {figures.count(whole.billable)} billable, {paid}"


def _behind(behind_ms: int) -> str:
    minutes = behind_ms // 60_000
    if not minutes:
        return ""
    lag = figures.counted(minutes, "minute")
    return f"Results are {lag} behind. Nothing is lost; numbers catch up by themselves."


def one_agreement(results: Results, sheet: AgreementSheet) -> Results:
    """What belongs to an agreement: its own decisions, and the clicks of its place."""
    clicked = tuple(each for each in results.clicked if each.place == place_of(sheet))
    return Results(results.of(sheet.id).decided, clicked)
