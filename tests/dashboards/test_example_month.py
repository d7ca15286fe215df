"""The pages of the example month show its figures: the same in tile, table, chart, JSON, sides."""

from typing import Any

import httpx
import pytest

from tests.dashboards.browsing import signed_in


@pytest.fixture
def ada(pages: str) -> httpx.Client:
    return signed_in(pages, "ada@harbourbikes.example")


def numbers(client: httpx.Client, side: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/overview?side={side}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_numbers_are_those_of_the_brief(ada: httpx.Client) -> None:
    found = numbers(ada, "paying")
    assert (found["clicks"], found["tracked"], found["billable"]) == (4837, 939, 611)
    assert found["refused"] == 328
    assert (found["results"], found["rated_clicks"]) == (199, 4320)
    assert (found["money_minor"], found["fees_minor"]) == ({"EUR": 158_927}, {"EUR": 19_017})
    assert found["refusals"] == {
        "bot": 140,
        "preview": 57,
        "duplicate": 112,
        "self_click": 12,
        "over_budget": 3,
        "outside_window": 1,
        "consent_denied": 1,
        "test": 1,
        "wrong_host": 1,
    }
