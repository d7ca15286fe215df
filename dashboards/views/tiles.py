"""The tiles: the answer to a page's question, each a link that selects the chart's metric."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, get_args

from dashboards.views import figures
from dashboards.views.results import Side, Tally

Metric = Literal["clicks", "billable", "rate", "money", "refused"]
METRICS: Final[tuple[Metric, ...]] = get_args(Metric)

LABELS: Final[Mapping[Side, Mapping[Metric, str]]] = {
    "paying": {
        "clicks": "Clicks",
        "billable": "Billable",
        "rate": "Conversion rate",
        "money": "You pay",
        "refused": "Refused",
    },
    "earning": {
        "clicks": "Clicks",
        "billable": "Billable",
        "rate": "Conversion rate",
        "money": "You get",
        "refused": "Did not count",
    },
}


@dataclass(frozen=True, slots=True)
class Before:
    """What a period is compared with. `words`: such as `1–12 Oct until 14:20 CET`.

    `since`: where counting began, if that was after the period before.
    """

    tally: Tally
    words: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """`short`: the comparison where there is little room. `words`: all of it."""

    metric: Metric
    label: str
    number: str
    note: str
    short: str
    words: str


def tiles(
    side: Side, now: Tally, before: Before | None, currency: str, *, runs: bool, budget: str = ""
) -> list[Tile]:
    """All five. `budget`: how much of the month's budgets is used, where that is known."""
    numbers: dict[Metric, str] = {
        "clicks": figures.count(now.clicks),
        "billable": figures.count(now.billable),
        "rate": figures.percent(now.rate) if now.rate is not None else "\u2013",
        "money": figures.sums(now.money(side), currency),
        "refused": figures.count(now.refused),
    }
    notes: dict[Metric, str] = {
        "clicks": "",
        "billable": f"of {figures.count(now.tracked)} tracked",
        "rate": _rate_note(now),
        "money": budget,
        "refused": f"of {figures.count(now.tracked)}",
    }
    labels = dict(LABELS[side])
    if runs:
        labels["money"] += " so far"
    return [
        Tile(
            metric,
            labels[metric],
            numbers[metric],
            notes[metric],
            *_comparison(metric, side, now, before, currency),
        )
        for metric in METRICS
    ]


def _rate_note(now: Tally) -> str:
    if now.rate is None:
        return "no clicks that could lead to results"
    return f"{figures.count(now.results)} of {figures.count(now.rated_clicks)} clicks"


def _comparison(
    metric: Metric, side: Side, now: Tally, before: Before | None, currency: str
) -> tuple[str, str]:
    if before is None:
        return "", ""
    if before.since:
        return "", f"counting since {before.since}"
    if metric == "rate":
        return _rate_comparison(now.rate, before)
    if metric == "money":
        value, previous = (
            now.money(side).get(currency, 0),
            before.tally.money(side).get(currency, 0),
        )
        shown = figures.money(previous, currency)
    else:
        value, previous = getattr(now, metric), getattr(before.tally, metric)
        shown = figures.count(previous)
    if not previous:
        return "", "none in the period before"
    change = figures.change(value, previous)
    return change, f"{change} against {before.words}: {shown}"


def _rate_comparison(rate: Fraction | None, before: Before) -> tuple[str, str]:
    previous = before.tally.rate
    if rate is None or previous is None:
        return "", "none in the period before" if previous is None else ""
    change = figures.points(rate, previous)
    return change, f"{change} against {before.words}: {figures.percent(previous)}"
