"""Access logs as the collector calls that a replay makes of them."""

from pathlib import Path

from ingest.items import MAX_EVENTS
from ingest.logs import last_day, lines_of
from ingest.views import Views
from partnerships.days import day_of, end_ms
from tests.scenarios.calls import Call

SETTLED_MS = 2 * 3_600_000
DAY_MS = 24 * 3_600_000


def shift_days(path: Path, zone: str, now_ms: int) -> int:
    """By how many days a log is moved so that its last day is the latest complete one."""
    target = day_of(now_ms - SETTLED_MS, zone).toordinal() - 1
    assert end_ms(day_of(now_ms - SETTLED_MS - DAY_MS, zone), zone) + SETTLED_MS <= now_ms
    return target - last_day(path, zone).toordinal()


def calls_of(path: Path, site_key: str, host: str, days: int) -> list[Call]:
    """The import calls of a log."""
    views = Views(site_key, host, days)
    views.read(lines_of(path))
    items = views.items()
    batches = [items[at : at + MAX_EVENTS] for at in range(0, len(items), MAX_EVENTS)]
    return [Call("/v1/events", "import", {}, batch) for batch in batches]
