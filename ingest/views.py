"""Turns the lines of access logs into the page views that an import sends, in their order.

Only a GET answered 200 or 304 of a page is a view; a HEAD of one is a preview; the rest is counted
by what it is.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Final

from ingest.identity import logged_event_id
from ingest.logs import Line, parse
from ingest.pages import is_page

_DAY_MS: Final = 24 * 60 * 60 * 1000
_SHOWN: Final = 3
"""How many unreadable lines are kept to be shown."""


@dataclass(slots=True)
class Views:
    """Page views of all files read so far, and what else their lines were."""

    site_key: str
    host: str
    shift_days: int = 0
    lines: int = 0
    unreadable: int = 0
    examples: list[str] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    _items: list[dict[str, Any]] = field(default_factory=list)

    def read(self, lines: Iterable[bytes]) -> None:
        """Take the lines of one file."""
        occurrences: Counter[bytes] = Counter()
        for raw in lines:
            self.lines += 1
            line = parse(raw)
            if line is None or not _is_address(line.address):
                self.unreadable += 1
                if len(self.examples) < _SHOWN:
                    self.examples.append(raw[:200].decode("utf-8", "replace"))
                continue
            if reason := _skip(line):
                self.skipped[reason] += 1
                continue
            occurrences[raw] += 1
            self._items.append(self._item(line, raw, occurrences[raw]))

    def items(self) -> list[dict[str, Any]]:
        """All views by time, then by their place in the files."""
        return sorted(self._items, key=lambda item: item["occurred_at"])

    def _item(self, line: Line, raw: bytes, occurrence: int) -> dict[str, Any]:
        relative = line.target.startswith("/")
        item = {
            "id": logged_event_id(self.site_key, raw, occurrence),
            "site": self.site_key,
            "type": "page",
            "url": f"https://{self.host}{line.target}" if relative else line.target,
            "referrer": line.referrer,
            "occurred_at": line.at_ms + self.shift_days * _DAY_MS,
            "client_address": line.address,
            "user_agent": line.agent,
        }
        return item | {"head": True} if line.method == "HEAD" else item


def _skip(line: Line) -> str:
    """What else than a page view the line is; "" for a view."""
    if line.method not in ("GET", "HEAD"):
        return "other methods"
    if line.status not in (200, 304):
        return "other answers than 200 and 304"
    path, _, query = _path(line.target).partition("?")
    return "" if is_page(path, query) else "parts of pages, feeds, robots.txt"


def _path(target: str) -> str:
    """The path and query of a request's target, which may be a whole address."""
    if target.startswith("/"):
        return target
    _, _, after_scheme = target.partition("://")
    return "/" + after_scheme.partition("/")[2]


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
