from fractions import Fraction

from dashboards.views.parties import Parties
from dashboards.views.results import Place, tally
from partnerships.money import FeeGroup, amounts
from tests.dashboards.example import DEALS, FORUM, GRAVEL, SLOW, sheet
from tests.dashboards.views.counted import clicked, decided, results

PARTIES = Parties("paying", [sheet(deal) for deal in DEALS])


def test_tracked_is_billable_and_every_refusal() -> None:
    whole = tally(
        results(
            decided(GRAVEL, billable=61, refusals={"duplicate": 4, "self_click": 2}),
            decided(SLOW, billable=98, refusals={"duplicate": 11}),
        ),
        (),
    )
    assert (whole.tracked, whole.billable, whole.refused) == (176, 159, 17)
    assert whole.refusals == {"duplicate": 15, "self_click": 2}


def test_the_rate_leaves_click_agreements_out_on_both_sides_of_the_fraction() -> None:
    whole = tally(
        results(
            decided(GRAVEL, billable=199),
            decided(FORUM, billable=412),
            clicked(GRAVEL, 4320),
            clicked(FORUM, 517),
        ),
        PARTIES.rated(),
    )
    assert whole.clicks == 4837
    assert whole.rate == Fraction(199, 4320)


def test_there_is_no_rate_without_clicks_that_could_lead_to_results() -> None:
    assert tally(results(clicked(FORUM, 5)), PARTIES.rated()).rate is None


def test_each_side_reads_its_own_part_of_the_same_money() -> None:
    whole = tally(results(decided(SLOW, billable=98, group=FeeGroup(1250, 5000))), ())
    assert whole.money("paying") == {"EUR": 39_047}
    assert whole.money("earning") == {"EUR": 34_453}
    assert whole.fees() == {"EUR": 4_594}


def test_money_of_two_currencies_stays_apart() -> None:
    euros = decided(added=amounts(1200, FeeGroup(1250, 0)))
    pounds = decided(currency="GBP", added=amounts(500, FeeGroup(0, 0)))
    assert tally(results(euros, pounds), ()).money("paying") == {"EUR": 1200, "GBP": 500}


def test_a_partner_keeps_its_colour_while_there_are_four() -> None:
    alone = PARTIES.slots([decided(SLOW)])
    assert alone == PARTIES.slots([])
    assert sorted(alone.values()) == [1, 2, 3, 4]


def test_with_five_partners_the_four_with_most_results_have_a_colour() -> None:
    stranger = decided(billable=50, place=Place("newcomer", "shop"))
    named = PARTIES.slots([stranger, *(decided(deal, billable=9) for deal in DEALS[:3])])
    assert named.keys() == {"newcomer", *(deal.partner_id for deal in DEALS[:3])}
