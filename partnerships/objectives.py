"""What an objective may be: how it is matched, and what it is counted by (rules.md §5)."""

from collections.abc import Iterator
from typing import NamedTuple

from partnerships.patterns import Pattern
from partnerships.records import Count, ObjectiveType


class Match(NamedTuple):
    """How an objective is matched: by a page or an event, by server items, or by both."""

    page: Pattern | None = None
    event: str | None = None
    server: bool = False

    @property
    def gives_order(self) -> bool:
        """Whether a matched event can carry an order id."""
        by_page = self.page is not None and self.page.carries_order
        return self.event is not None or self.server or by_page


def default_count(kind: ObjectiveType, match: Match) -> Count:
    """What an objective is counted by when nobody says it."""
    if kind == "click":
        return "day"
    if match.server:
        return "order"
    if kind == "lead":
        return "visitor"
    return "session" if match.page else "order"


def problems(kind: ObjectiveType, match: Match, count: Count | None) -> Iterator[tuple[str, str]]:
    """What is wrong with an objective: the field and a sentence for who chose it."""
    if kind == "click":
        yield from _click_problems(match, count)
        return
    if match.page and match.event:
        yield "event", "name a page or an event, not both"
    if not (match.page or match.event or match.server):
        yield "page", "say what counts: a page such as /thanks*, an event, or server = true"
        return
    if count not in (None, "order") and match.server:
        yield "count", 'an objective that takes server items is counted by "order"'
    if count == "order" and not match.gives_order:
        yield (
            "count",
            'counting by "order" needs an event, server = true, or a page whose pattern names '
            "its order, such as /thanks?order=*",
        )


def _click_problems(match: Match, count: Count | None) -> Iterator[tuple[str, str]]:
    for field, given in match._asdict().items():
        if given:
            yield field, "a click is counted when a visitor lands: leave this out"
    if count == "order":
        yield "count", 'a click has no order: count it by "day", "session" or "visitor"'
