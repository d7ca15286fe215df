"""What an objective is counted by when nobody says it (rules.md §5)."""

import pytest

from partnerships.objectives import Match, default_count
from partnerships.patterns import Pattern
from partnerships.records import Count, ObjectiveType

PAGE = Match(page=Pattern("/thanks"))
EVENT = Match(event="done")


@pytest.mark.parametrize(
    ("kind", "match", "count"),
    [
        ("click", Match(), "day"),
        ("lead", PAGE, "visitor"),
        ("lead", EVENT, "visitor"),
        ("appointment", PAGE, "session"),
        ("appointment", EVENT, "order"),
        ("sale", PAGE, "session"),
        ("sale", EVENT, "order"),
        ("sale", Match(server=True), "order"),
        ("lead", Match(event="done", server=True), "order"),
        ("sale", Match(page=Pattern("/thanks"), server=True), "order"),
    ],
)
def test_the_default_count_follows_type_and_match(
    kind: ObjectiveType, match: Match, count: Count
) -> None:
    assert default_count(kind, match) == count
