"""The *why* of one result: a sentence, the facts in their order, and where each stands in Kafka."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from dashboards.views import figures, moments, sentences
from dashboards.views.cases import Case
from dashboards.views.feeds import sub_ids
from dashboards.views.reasons import WORDS

_FORMS: Final = {
    "token": "through the partner's link",
    "code": "through the code in the address",
    "campaign": "through a campaign parameter",
    "referrer": "from a page that links here",
}


class Fact(NamedTuple):
    """One line of the list: its name and what is known."""

    name: str
    text: str


class Evidence(NamedTuple):
    """Where a line stands in Kafka."""

    name: str
    topic: str
    partition: int
    offset: int
    line: int


@dataclass(frozen=True, slots=True)
class Why:
    """What a page or drawer shows of one result. `word`, `code`: of its chip."""

    id: str
    title: str
    agreement_id: str
    word: str
    code: str
    sentence: str
    facts: tuple[Fact, ...]
    meaning: str
    evidence: tuple[Evidence, ...]


def why(case: Case) -> Why:
    """The why of a case for the side that reads it."""
    other = case.sheet.partner_name if case.side == "paying" else case.sheet.advertiser_name
    return Why(
        id=case.row["conversion_id"],
        title=f"{case.objective} \u00b7 {other}",
        agreement_id=case.sheet.id,
        word=WORDS.get(case.disposition, case.disposition),
        code=case.disposition,
        sentence=sentences.sentence(case),
        facts=tuple(_facts(case)),
        meaning=sentences.meaning(case),
        evidence=tuple(_evidence(case)),
    )


def _facts(case: Case) -> Iterator[Fact]:
    row = case.row
    form = _FORMS.get(row["touch_form"], row["touch_form"])
    yield Fact("Click", f"{_precise(case, 'touch_at')}, {form}{_on(row['touch_path'])}")
    yield Fact("Objective matched", f"{case.objective}{_on(row['event_path'])}")
    yield Fact("When", _precise(case, "at"))
    if row["order"] and case.side == "paying":
        yield Fact("Order", row["order"])
    if found := sub_ids(row):
        yield Fact("Sub-ids", found)
    yield Fact("Decision", f"{WORDS.get(case.disposition, case.disposition)} ({case.disposition})")
    month = moments.month_name(row["month"])
    yield Fact("Sequence", f"{figures.count(row['sequence'])} of {month}'s decisions")
    price = figures.money(row["price_minor"], row["currency"])
    yield Fact("Terms", f"version {row['terms_version']}, {price} for one")
    yield Fact(f"{month}'s budget used before", _of_budget(case, "before_minor"))
    yield Fact(f"{month}'s budget used after", _of_budget(case, "after_minor"))


def _of_budget(case: Case, column: str) -> str:
    currency = case.row["currency"]
    budget = figures.money(case.row["budget_minor"], currency)
    return f"{figures.money(case.row[column], currency)} of {budget}"


def _precise(case: Case, column: str) -> str:
    at_ms = case.ms(column)
    day = moments.day_of_year(moments.local(at_ms, case.zone).date())
    return f"{day}, {moments.seconds_in_zone(at_ms, case.zone)}"


def _on(path: str) -> str:
    return f" on {path}" if path else ""


def _evidence(case: Case) -> Iterator[Evidence]:
    for name, prefix in (("Click", "touch_"), ("Result", ""), ("Candidate", "candidate_")):
        place = (case.row[f"{prefix}{part}"] for part in ("partition", "offset", "line"))
        yield Evidence(name, case.row[f"{prefix}topic"], *place)
