"""Which objectives an event reaches, and what makes a result of one unique (rules.md §5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ingest.events import Event
from partnerships.catalog import Count, Objective, Site, View
from partnerships.patterns import Pattern

# Patterns of all sites a worker meets; one that falls out is compiled again.
_PATTERNS: Final = 4096

# A match takes ten times as long as a look into this memory, and sites have few pages.
_MATCHES: Final = 1 << 15


@dataclass(frozen=True, slots=True)
class Reached:
    """An objective and the event's order id; "" without one."""

    objective: Objective
    order: str

    @property
    def count(self) -> Count:
        """What is counted once: always the order where server items are taken."""
        return "order" if self.objective.server else self.objective.count


def reached(event: Event, site: Site, view: View) -> Iterator[Reached]:
    """The objectives, as they stood at the event's time, that a page, event or server item is.

    A prefetched page or event reaches none: nobody has seen it.
    """
    if event.type == "click" or (event.verdict == "prefetch" and event.type != "conversion"):
        return
    for objective in view.objectives(site.id, event.occurred_at):
        if objective.type != "click" and _is_meant(objective, event):
            yield Reached(objective, _order(objective, event))


def clicked(event: Event, site: Site, view: View) -> Iterator[Reached]:
    """The click objectives: a touch by this event reaches each."""
    for objective in view.objectives(site.id, event.occurred_at):
        if objective.type == "click":
            yield Reached(objective, event.order)


def identity(count: Count, event: Event, order: str, session_id: str, day: str) -> str:
    """What is paid once by this count; `day` is the event's in the advertiser's zone."""
    if count == "order":
        return order
    if count == "visitor":
        return event.visitor
    if count == "session":
        return session_id
    return f"{event.visitor} {day}"


def _is_meant(objective: Objective, event: Event) -> bool:
    if event.type == "conversion":
        return objective.server and objective.id == event.objective
    if event.type == "event":
        return objective.event is not None and objective.event == event.name
    return objective.page is not None and _is_page(objective.page, event)


def _order(objective: Objective, event: Event) -> str:
    if event.order or event.type != "page" or objective.page is None:
        return event.order
    return _pattern(objective.page).order(event.path, event.query)


def _is_page(text: str, event: Event) -> bool:
    query = event.query if _pattern(text).parameters else ()
    return _matches(text, event.path, query)


@lru_cache(maxsize=_MATCHES)
def _matches(text: str, path: str, query: tuple[tuple[str, str], ...]) -> bool:
    return _pattern(text).matches(path, query)


@lru_cache(maxsize=_PATTERNS)
def _pattern(text: str) -> Pattern:
    return Pattern(text)
