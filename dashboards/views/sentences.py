"""Why a result was or was not paid, in a sentence for each side.

Partners never read of the advertiser's networks or of orders of others; advertisers never of the
partner's networks. No sentence accuses.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, NamedTuple

from dashboards.views import figures, moments
from dashboards.views.cases import Case
from dashboards.views.feeds import worth_minor
from dashboards.views.parties import NOUNS, possessive

Told = Callable[[Case], str]


class Both(NamedTuple):
    """What each side is told."""

    advertiser: Told
    partner: Told


def sentence(case: Case) -> str:
    """The sentence of a case for the side that reads it."""
    both = _SENTENCES[case.disposition]
    return both.advertiser(case) if case.side == "paying" else both.partner(case)


def meaning(case: Case) -> str:
    """What it means for who reads it."""
    if case.disposition != "billable":
        nothing = "It costs you nothing" if case.side == "paying" else "It earns nothing"
        return f"{nothing}. The row stays here, and both sides see it."
    worth = figures.money(
        worth_minor(case.side, case.row["price_minor"], case.group), case.row["currency"]
    )
    verb = "You pay" if case.side == "paying" else "You get"
    return f"{verb} {worth} for it. Fees are rounded once over the month."


def _fixed(text: str) -> Told:
    return lambda _: text


def _billable_advertiser(case: Case) -> str:
    return (
        f"{_a(case)} followed a visit from {case.sheet.partner_name} and fitted into"
        f" {_month(case)}'s budget."
    )


def _billable_partner(case: Case) -> str:
    return f"{_a(case)} followed your visit of {case.when(case.ms('touch_at'))} and counts."


def _a(case: Case) -> str:
    noun = NOUNS[case.row["objective_type"]]
    return f"{'An' if noun[0] == 'a' else 'A'} {noun}"


def _theirs(case: Case) -> str:
    """`Harbour Bikes'`."""
    return possessive(case.sheet.advertiser_name)


def _month(case: Case) -> str:
    return moments.month_name(case.row["month"])


def _advertiser_own_partner(case: Case) -> str:
    return (
        f"This visit came from {_theirs(case)} own team, so neither side is charged or paid for it."
    )


def _self_click_advertiser(case: Case) -> str:
    return (
        f"This came from a browser or network that {case.sheet.partner_name} also uses, so it is"
        " treated as the partner's own visit and costs you nothing."
    )


def _duplicate_advertiser(case: Case) -> str:
    once = f"{case.objective} is paid once per {case.row['count']}; this one was already counted"
    if case.first is None:
        return f"{once}."
    return f"{once} on {case.when(case.first.at_ms)}, for {case.first.partner_name}."


def _duplicate_partner(case: Case) -> str:
    once = f"{case.objective} pays once per {case.row['count']}; this one was already counted"
    if case.first is None:
        return f"{once}."
    came = "later" if case.first.later else "first"
    whom = "for you" if case.first.own else f"for another link that came {came}, as the terms say"
    return f"{once} on {case.when(case.first.at_ms)}, {whom}."


def _outside_window_advertiser(case: Case) -> str:
    return (
        f"The click was on {case.when(case.ms('touch_at'))},"
        f" {figures.counted(case.gap_days, 'day')} before; the agreement pays for"
        f" {figures.counted(case.sheet.terms.window_days, 'day')}."
    )


def _outside_window_partner(case: Case) -> str:
    return (
        f"Your click was {figures.counted(case.gap_days, 'day')} before this result; these terms"
        f" pay up to {figures.counted(case.sheet.terms.window_days, 'day')}."
    )


def _not_active_advertiser(case: Case) -> str:
    return f"The agreement was {_state(case)}, so this was recorded and not charged."


def _not_active_partner(case: Case) -> str:
    return f"The agreement was {_state(case)}. If it resumes, later results count again."


def _state(case: Case) -> str:
    """The standing now, where it held then; what it was before is not told apart."""
    words = {"paused": "paused", "ended": "ended", "waiting": "waiting for a card"}
    since = case.sheet.since_ms
    if since is None or since > case.ms("at") or case.sheet.status not in words:
        return f"not active on {case.when(case.ms('at'))}"
    return f"{words[case.sheet.status]} on {case.when(since)}"


def _wrong_host_advertiser(case: Case) -> str:
    where = f"on {case.host}, which" if case.host else "on a host that"
    return (
        f"This happened {where} is not one of your verified sites. If it is yours, add it; later"
        " results will then count."
    )


def _wrong_host_partner(case: Case) -> str:
    where = f"on {case.host}, which" if case.host else "on a host that"
    return (
        f"This happened {where} is not part of {_theirs(case)} verified site. Use"
        " the link exactly as shown on your page."
    )


def _over_budget_advertiser(case: Case) -> str:
    currency, budget = case.row["currency"], case.row["budget_minor"]
    left = max(budget - case.row["before_minor"], 0)
    return (
        f"The next {NOUNS[case.row['objective_type']]} would cost"
        f" {figures.money(case.next_cost_minor, currency)}; {figures.money(left, currency)} of"
        f" {_month(case)}'s {figures.money(budget, currency)} was left. It will not be charged"
        " later. You can raise the budget for what comes next."
    )


def _over_budget_partner(case: Case) -> str:
    full = case.when(case.full_ms if case.full_ms is not None else case.ms("at"))
    return (
        f"{_theirs(case)} budget for {_month(case)} was full at {full}. This result"
        f" is recorded but not paid. The next month starts on {moments.day(_next_month(case))}."
    )


def _next_month(case: Case) -> date:
    last = moments.last_of(case.row["month"])
    return date.fromordinal(last.toordinal() + 1)


def _test_partner(case: Case) -> str:
    return f"This was a test run by {case.sheet.advertiser_name}; no visitor was involved."


def _no_order_advertiser(case: Case) -> str:
    return (
        f"{case.objective} is paid once per order, and this carried no order number. Check what"
        " your site or server sends."
    )


def _no_order_partner(case: Case) -> str:
    return (
        f"{case.objective} is paid once per order, and {_theirs(case)} site sent no"
        " order number. They can see and mend this."
    )


_SENTENCES: Final[Mapping[str, Both]] = {
    "billable": Both(_billable_advertiser, _billable_partner),
    "self_click": Both(
        _self_click_advertiser,
        _fixed(
            "This came from a browser or network you have used here, so we take it for your own"
            " test. It does no harm."
        ),
    ),
    "advertiser_own": Both(
        _fixed(
            "This came from one of your own networks, so it is treated as your own visit. If that"
            " is wrong, check Your own networks."
        ),
        _advertiser_own_partner,
    ),
    "bot": Both(
        _fixed(
            "The browser introduced itself as a program. Programs are recorded and never charged."
        ),
        _fixed(
            "This visit was made by a program, such as a search engine. That is normal for public"
            " links."
        ),
    ),
    "preview": Both(
        _fixed("An app fetched the link to draw a preview; nobody had opened it yet."),
        _fixed(
            "An app fetched your link for a preview. When a person opens it, that click is counted"
            " by itself."
        ),
    ),
    "duplicate": Both(_duplicate_advertiser, _duplicate_partner),
    "outside_window": Both(_outside_window_advertiser, _outside_window_partner),
    "not_active": Both(_not_active_advertiser, _not_active_partner),
    "wrong_host": Both(_wrong_host_advertiser, _wrong_host_partner),
    "over_budget": Both(_over_budget_advertiser, _over_budget_partner),
    "test": Both(_fixed("Someone of your account marked this as a test."), _test_partner),
    "consent_denied": Both(
        _fixed(
            "The visitor did not agree to being measured on your site, so it is not used for"
            " payment."
        ),
        _fixed(
            "The visitor chose not to be measured. We respect that; it says nothing about your"
            " traffic."
        ),
    ),
    "too_old": Both(
        _fixed("It reached us more than 72 hours after it happened, too late to charge."),
        _fixed("It reached us more than 72 hours after it happened, too late to be paid."),
    ),
    "no_order": Both(_no_order_advertiser, _no_order_partner),
}
