import pytest

from dashboards.views.results import Side
from dashboards.views.terms_words import terms_words
from tests.dashboards.example import CITY, FORUM, GRAVEL, SLOW, Deal, plain, sheet


def words(deal: Deal, side: Side) -> list[str]:
    return [plain(sentence) for sentence in terms_words(sheet(deal), side)]


def test_terms_as_the_partner_reads_them() -> None:
    assert words(GRAVEL, "earning") == [
        "Harbour Bikes pays you EUR 12.00 for every sale that follows a click on your link within"
        " 30 days.",
        "The platform fee of 12.5 % comes out of it: you get EUR 10.50.",
        "Up to 125 sales a month, fees included (budget EUR 1,500.00).",
        "Counted once per order.",
        "Paid 7 days after the day is charged, from EUR 25.00.",
    ]


def test_terms_as_who_pays_reads_them() -> None:
    assert words(GRAVEL, "paying")[:2] == [
        "You pay EUR 12.00 for every sale that follows a click on Gravel Letters' link within"
        " 30 days.",
        "The platform fee of 12.5 % comes out of it: Gravel Letters gets EUR 10.50, you pay"
        " EUR 12.00.",
    ]


@pytest.mark.parametrize(
    ("deal", "sentence"),
    [
        (
            SLOW,
            "The platform fee of 12.5 % is shared half and half: you get EUR 351.56 for 100 leads."
            " Cents are rounded once over the month.",
        ),
        (
            CITY,
            "The platform fee of 12.5 % is paid by Harbour Bikes on top: you get EUR 900.00 for"
            " 100 appointments. Cents are rounded once over the month.",
        ),
        (
            FORUM,
            "The platform fee of 12.5 % comes out of it: you get EUR 13.12 for 100 clicks. Cents"
            " are rounded once over the month.",
        ),
    ],
)
def test_where_one_fee_is_no_whole_cent_a_hundred_are_shown(deal: Deal, sentence: str) -> None:
    assert words(deal, "earning")[1] == sentence


def test_a_click_pays_for_a_visit_that_lands() -> None:
    assert words(FORUM, "paying")[0] == (
        "You pay EUR 0.15 for every click on Bike Forum North's link that lands on"
        " shop.harbourbikes.example."
    )
