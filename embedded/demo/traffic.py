"""The demo shop's access log: four days of traffic, the same bytes for the same seed.

It holds what real logs hold: crawlers, feed readers, previews, hotlinked images, missing
referrers, odd bytes, 404s, shared addresses, repeated and out-of-order lines.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from embedded.demo.visits import DAY, Request, Shop, Visit

SEED: Final = 20260601
FIRST_DAY: Final = datetime(2026, 6, 1, tzinfo=UTC)
DAYS: Final = 4
# A line is written when its request ends, so neighbours stand up to this far out of order.
_DISORDER_SECONDS: Final = 40
_UNREADABLE: Final = (
    b'198.51.100.77 - - [02/Jun/2026:11:05:13 +0000] "GET /bikes/city-lark HTTP/1.1" 200 8',
    b'192.0.2.9 - - [03/Jun/2026:03:14:15 +0000] "\\x16\\x03\\x01\\x02" 400 226 "-" "-"',
)


def write_log(path: Path, seed: int = SEED) -> None:
    """Write the whole log; the file appears complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(b"\n".join(lines(seed)) + b"\n")
    partial.replace(path)


def lines(seed: int = SEED) -> list[bytes]:
    """The log's lines in the order in which a server would have written them."""
    random = Random(seed)
    shop = Shop(random)
    visits = [visit for day in range(DAYS) for visit in shop.day(day * DAY)]
    stamped = [stamp for visit in visits for stamp in _stamped(random, visit)]
    stamped.sort(key=lambda stamp: stamp[0])
    written = [line for _, line in stamped]
    for position in random.sample(range(len(written)), 20):
        written.insert(position, written[position])
    return [*written[:100], _UNREADABLE[0], *written[100:], _UNREADABLE[1]]


def _stamped(random: Random, visit: Visit) -> Iterator[tuple[int, bytes]]:
    for request in visit.requests:
        at = visit.start + request.after
        yield at + random.randint(0, _DISORDER_SECONDS), _line(random, visit, request, at)


def _line(random: Random, visit: Visit, request: Request, at: int) -> bytes:
    time = (FIRST_DAY + timedelta(seconds=at)).strftime("%d/%b/%Y:%H:%M:%S +0000")
    size = random.randint(300, 24_000) if request.status == 200 else 512
    text = (
        f'{visit.address} - - [{time}] "{request.method} {request.path} HTTP/1.1" '
        f'{request.status} {size} "{request.referrer}" "{visit.agent}"'
    )
    return text.encode("latin-1")
