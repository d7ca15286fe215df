"""The chart as a table: the page draws its columns from these cells and from nothing else.

A column is open, and drawn hatched, exactly until every day in it was closed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, zip_longest
from typing import NamedTuple

from dashboards.views import figures, moments
from dashboards.views.parties import OTHERS, Parties
from dashboards.views.ranges import Period, Range
from dashboards.views.results import Clicked, Decided, Results, Side, Tally, tally
from dashboards.views.steps import Size, Step, grouped, size_of, steps_of
from dashboards.views.tiles import LABELS, Metric
from partnerships.money import decimals_of

Closed = Callable[[str, date], bool]
"""Whether a day of an advertiser is closed."""


class Mark(NamedTuple):
    """Something that stands on the axis where it happened, in the page's words."""

    at_ms: int
    text: str


class Cell(NamedTuple):
    """A value to draw, and the same in words."""

    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of the plot. `total`: its sum in words."""

    name: str
    slot: int
    total: str


@dataclass(frozen=True, slots=True)
class Column:
    """`tick`: for the axis. `readout`: everything about it in one line."""

    label: str
    tick: str
    cells: tuple[Cell, ...]
    total: Cell
    before: Cell | None
    open: bool
    marks: tuple[str, ...]
    readout: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`before`: what the last column compares with, "" without. `caption`: what is not final.

    `summary`: the sentence that stands for the drawing. `empty`: why there is nothing to draw.
    """

    metric: Metric
    title: str
    step: Size
    unit: str
    decimals: int
    series: tuple[Series, ...]
    columns: tuple[Column, ...]
    total: str
    before: str
    before_total: str
    caption: str
    summary: str
    empty: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a chart answers. `first_day`: of the account's first fact, "" without any."""

    metric: Metric
    shown: Range
    side: Side
    currency: str
    before_words: str = ""
    first_day: str = ""

    def cell(self, whole: Tally) -> Cell:
        """The metric of a tally."""
        if self.metric == "rate":
            rate = whole.rate
            if rate is None:
                return Cell(0, "\u2013")
            return Cell(float(figures.tenths(rate)), figures.percent(rate))
        if self.metric == "money":
            minor = whole.money(self.side).get(self.currency, 0)
            scale: int = 10 ** decimals_of(self.currency)
            return Cell(minor / scale, figures.amount(minor, self.currency))
        counts = {"clicks": whole.clicks, "billable": whole.billable, "refused": whole.refused}
        return Cell(counts[self.metric], figures.count(counts[self.metric]))


def chart(
    asked: Question,
    parties: Parties,
    results: Results,
    slots: Mapping[str, int],
    before: tuple[Period, Results] | None,
    closed: Closed,
    marks: Sequence[Mark],
) -> Chart:
    """The chart of one metric."""
    rated = parties.rated()
    split = _split(asked, parties, slots)
    steps = steps_of(asked.shown, asked.shown.period)
    earlier = _earlier(asked, parties, before)
    columns = tuple(
        _column(asked, step, part, split, tally(part, rated), previous, closed, marks)
        for step, part, previous in zip_longest(
            steps, grouped(results, steps), earlier[: len(steps)]
        )
    )
    whole = tally(results, rated)
    return Chart(
        metric=asked.metric,
        title=LABELS[asked.side][asked.metric],
        step=size_of(asked.shown),
        unit={"rate": "%", "money": asked.currency}.get(asked.metric, ""),
        decimals=decimals_of(asked.currency) if asked.metric == "money" else 0,
        series=_series(asked, parties, results, slots, split),
        columns=columns,
        total=asked.cell(whole).text,
        before=asked.before_words if before else "",
        before_total=asked.cell(tally(before[1], rated)).text if before else "",
        caption=_caption(asked.shown, columns),
        summary=_summary(asked, whole, columns),
        empty=_empty(asked, whole),
    )


Split = Callable[[Results], list[Tally]]
"""The parts of some results, one for each series."""


def _split(asked: Question, parties: Parties, slots: Mapping[str, int]) -> Split:
    rated = parties.rated()
    keys = [*sorted(slots, key=lambda other: slots[other]), None]

    def part(results: Results, key: str | None) -> Results:
        def belongs(advertiser_id: str, partner_id: str) -> bool:
            other = partner_id if asked.side == "paying" else advertiser_id
            return other not in slots if key is None else other == key

        return Results(
            tuple(d for d in results.decided if belongs(d.advertiser_id, d.place.partner_id)),
            tuple(c for c in results.clicked if belongs(c.advertiser_id, c.place.partner_id)),
        )

    if asked.metric == "rate":
        return lambda results: [tally(results, rated)]
    return lambda results: [tally(part(results, key), rated) for key in keys]


def _series(
    asked: Question, parties: Parties, results: Results, slots: Mapping[str, int], split: Split
) -> tuple[Series, ...]:
    totals = [asked.cell(whole) for whole in split(results)]
    if asked.metric == "rate":
        return (Series(LABELS[asked.side]["rate"], 1, totals[0].text),)
    ordered = sorted(slots.items(), key=lambda item: item[1])
    named = [(parties.name_of(other), slot) for other, slot in ordered]
    shown = [
        Series(name, slot, total.text)
        for (name, slot), total in zip([*named, ("Others", OTHERS)], totals, strict=True)
    ]
    return tuple(shown if totals[-1].value else shown[:-1])


def _earlier(
    asked: Question, parties: Parties, before: tuple[Period, Results] | None
) -> list[tuple[str, Cell]]:
    """The columns of the period before, in their order."""
    if before is None:
        return []
    period, results = before
    steps = steps_of(asked.shown, period)
    rated = parties.rated()
    return [
        (step.label, asked.cell(tally(part, rated)))
        for step, part in zip(steps, grouped(results, steps), strict=True)
    ]


def _column(
    asked: Question,
    step: Step,
    results: Results,
    split: Split,
    whole: Tally,
    before: tuple[str, Cell] | None,
    closed: Closed,
    marks: Sequence[Mark],
) -> Column:
    noted = tuple(mark.text for mark in marks if step.covers(mark.at_ms, asked.shown.zone))
    return Column(
        label=step.label,
        tick=step.tick,
        cells=tuple(asked.cell(part) for part in split(results)),
        total=asked.cell(whole),
        before=before[1] if before else None,
        open=_is_open(asked.shown, step, results, closed),
        marks=noted,
        readout=_readout(asked, step.label, whole, before, noted),
    )


def _is_open(shown: Range, step: Step, results: Results, closed: Closed) -> bool:
    if step.last >= shown.today:
        return True
    rows: Iterable[Decided | Clicked] = chain(results.decided, results.clicked)
    return any(not closed(row.advertiser_id, row.day) for row in rows)


def _readout(
    asked: Question,
    label: str,
    whole: Tally,
    before: tuple[str, Cell] | None,
    marks: Iterable[str],
) -> str:
    verb = "you pay" if asked.side == "paying" else "you get"
    paid = figures.money(whole.money(asked.side).get(asked.currency, 0), asked.currency)
    parts = [f"{figures.count(whole.billable)} billable", f"{verb} {paid}"]
    if asked.metric in ("clicks", "refused"):
        parts.insert(0, f"{asked.cell(whole).text} {asked.metric}")
    if asked.metric == "rate":
        parts.insert(0, f"rate {asked.cell(whole).text}")
    line = f"{label}: {', '.join(parts)}"
    if before:
        line += f" \u00b7 {before[0]}: {before[1].text}"
    return " \u00b7 ".join([line, *marks])


def _caption(shown: Range, columns: Sequence[Column]) -> str:
    """What the hatched columns mean, in words."""
    if not any(column.open for column in columns):
        return ""
    if shown.runs:
        return f"Hatched: so far, until {moments.clock(shown.now_ms, shown.zone)}"
    return "Hatched: so far; the day is not closed yet"


def _summary(asked: Question, whole: Tally, columns: Sequence[Column]) -> str:
    unit = f"{asked.currency} " if asked.metric == "money" else ""
    sentence = (
        f"{LABELS[asked.side][asked.metric]} per {size_of(asked.shown)}, {asked.shown.dates}:"
        f" {unit}{asked.cell(whole).text} in all"
    )
    highest = max(columns, key=lambda column: column.total.value, default=None)
    if highest is None or not highest.total.value:
        return f"{sentence}."
    return f"{sentence}, most on {highest.label} with {unit}{highest.total.text}."


def _empty(asked: Question, whole: Tally) -> str:
    if whole.clicks or whole.tracked:
        return ""
    if asked.first_day:
        return f"No clicks in this range. First event: {asked.first_day}."
    return "No clicks yet."
