"""Why a result was or was not paid, as each side reads it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from dashboards.views import sentences
from dashboards.views.cases import Case, First
from dashboards.views.results import Side
from dashboards.views.why import why
from partnerships.money import FeeGroup
from streams.facts import REFUSALS
from tests.dashboards.example import CITY, GRAVEL, SLOW, Deal, plain, sheet

AT = datetime(2026, 11, 11, 15, 42, tzinfo=UTC)
ACCUSING = ("fraud", "invalid", "cheat", "abuse", "commission", "affiliate", "payout")


def case(deal: Deal = GRAVEL, side: Side = "paying", **row: Any) -> Case:
    defaults: dict[str, Any] = {
        "conversion_id": "0" * 32,
        "disposition": "billable",
        "zone": "Europe/Berlin",
        "at": AT,
        "touch_at": datetime(2026, 11, 9, 9, 12, tzinfo=UTC),
        "touch_form": "token",
        "touch_path": "/",
        "event_path": "/thanks",
        "objective_type": deal.type,
        "count": "order",
        "order": "HB-4101",
        "month": "2026-11",
        "sequence": 43,
        "terms_version": 1,
        "price_minor": deal.price_minor,
        "currency": "EUR",
        "fee_rate_bps": 1250,
        "payer_share_bps": sheet(deal).terms.payer_share_bps,
        "budget_minor": deal.budget_minor,
        "before_minor": 0,
        "after_minor": deal.price_minor,
        **{f"s{n}": "" for n in range(1, 6)},
        **{
            f"{prefix}{name}": 0
            for prefix in ("", "touch_", "candidate_")
            for name in ("topic", "partition", "offset", "line")
        },
    }
    extra = {k: row.pop(k) for k in ("first", "host", "gross_before", "full_ms") if k in row}
    return Case(row={**defaults, **row}, side=side, sheet=sheet(deal), **extra)


def told(side: Side, disposition: str, deal: Deal = GRAVEL, **row: Any) -> str:
    return plain(sentences.sentence(case(deal, side, disposition=disposition, **row)))


@pytest.mark.parametrize("disposition", ["billable", *REFUSALS])
def test_every_disposition_has_a_calm_sentence_for_each_side(disposition: str) -> None:
    both = told("paying", disposition), told("earning", disposition)
    for sentence in both:
        assert sentence.endswith(".")
        assert not any(word in sentence.lower() for word in ACCUSING)
    assert both[0] != both[1]


def test_over_budget_says_cost_room_and_budget() -> None:
    row = {"before_minor": 47_813, "gross_before": {FeeGroup(1250, 5000): 45_000}}
    assert told("paying", "over_budget", SLOW, **row) == (
        "The next lead would cost EUR 3.98; EUR 1.87 of November's EUR 480.00 was left. It will"
        " not be charged later. You can raise the budget for what comes next."
    )


def test_over_budget_tells_the_partner_since_when_and_until_when() -> None:
    full_ms = round(AT.timestamp() * 1000)
    assert told("earning", "over_budget", CITY, full_ms=full_ms) == (
        "Harbour Bikes' budget for November was full at Wed 11 Nov, 16:42 CET. This result is"
        " recorded but not paid. The next month starts on Tue 1 Dec."
    )


def test_a_duplicate_names_the_first_to_who_pays_and_no_other_partner_to_who_earns() -> None:
    first = First(round(AT.timestamp() * 1000), "Slow Miles", own=False, later=True)
    assert told("paying", "duplicate", first=first) == (
        "Sale is paid once per order; this one was already counted on Wed 11 Nov, 16:42 CET, for"
        " Slow Miles."
    )
    to_partner = told("earning", "duplicate", first=first)
    assert to_partner.endswith("for another link that came later, as the terms say.")
    assert "Slow Miles" not in to_partner


def test_outside_window_counts_days_and_names_the_window() -> None:
    clicked = datetime(2026, 10, 10, 15, 42, tzinfo=UTC)
    assert told("paying", "outside_window", touch_at=clicked).endswith(
        "32 days before; the agreement pays for 30 days."
    )
    assert "Your click was 32 days before" in told("earning", "outside_window", touch_at=clicked)


def test_wrong_host_names_the_host_while_it_is_known() -> None:
    assert "on copy.example, which" in told("paying", "wrong_host", host="copy.example")
    assert "on a host that" in told("paying", "wrong_host")


def test_facts_come_in_order_with_evidence_for_each_event() -> None:
    shown = why(case(disposition="over_budget", before_minor=40_500, after_minor=40_500))
    assert [fact.name for fact in shown.facts] == [
        "Click",
        "Objective matched",
        "When",
        "Order",
        "Decision",
        "Sequence",
        "Terms",
        "November's budget used before",
        "November's budget used after",
    ]
    assert [place.name for place in shown.evidence] == ["Click", "Result", "Candidate"]


def test_a_partner_never_reads_an_order() -> None:
    assert "Order" not in [fact.name for fact in why(case(side="earning")).facts]


def test_what_it_means_is_money_only_when_it_is_billable() -> None:
    assert plain(sentences.meaning(case())).startswith("You pay EUR 12.00 for it.")
    assert plain(sentences.meaning(case(side="earning"))).startswith("You get EUR 10.50 for it.")
    assert sentences.meaning(case(disposition="bot")).startswith("It costs you nothing.")
