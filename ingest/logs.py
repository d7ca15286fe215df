"""Reads Apache's and nginx's combined access logs, plain or gzipped, whatever bytes they hold."""

import gzip
import re
from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import quote

from partnerships.days import day_of

_QUOTED: Final = rb'"((?:[^"\\]|\\.)*)"'
_LINE: Final = re.compile(
    rb"(\S+) \S+ .*?\[(\d\d)/(\w{3})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\] "
    + _QUOTED
    + rb" (\d{3}) \S+ "
    + _QUOTED
    + rb" "
    + _QUOTED
    + rb".*"
)
_REQUEST: Final = re.compile(rb"([A-Z]+) (\S.*?)(?: HTTP/\d(?:\.\d)?)?")
_ESCAPED: Final = re.compile(rb"\\(x[0-9a-fA-F]{2}|.)")
_LETTERS: Final = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"v": b"\v"}
_MONTHS: Final = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_GZIP: Final = b"\x1f\x8b"
# Everything printable but the space and what a browser escapes: `%` stays, it escapes already.
_PRINTABLE: Final = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"<>`')


@dataclass(frozen=True, slots=True)
class Line:
    """One readable line. `target`: of the request line, odd bytes escaped; `referrer`, `agent`:
    "" where the log has a dash.
    """

    address: str
    at_ms: int
    method: str
    target: str
    status: int
    referrer: str
    agent: str


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of a log, without their ends; empty ones are left out. Raises OSError."""
    with path.open("rb") as file:
        zipped = file.read(len(_GZIP)) == _GZIP
    with gzip.open(path, "rb") if zipped else path.open("rb") as lines:
        for line in lines:
            if stripped := line.rstrip(b"\r\n"):
                yield stripped


def parse(line: bytes) -> Line | None:
    """The line, or None when it is none of a combined log."""
    found = _LINE.fullmatch(line)
    request = _REQUEST.fullmatch(found[11]) if found else None
    if not found or not request or found[3] not in _MONTHS:
        return None
    return Line(
        address=found[1].decode("ascii", "replace"),
        at_ms=_at_ms(found),
        method=request[1].decode(),
        target=quote(_unescaped(request[2]), safe=_PRINTABLE),
        status=int(found[12]),
        referrer=_text(found[13]),
        agent=_text(found[14]),
    )


def last_day(path: Path, zone: str) -> date:
    """The latest day of a log in a zone; raises ValueError when no line can be read."""
    latest = max((line.at_ms for line in map(parse, lines_of(path)) if line), default=None)
    if latest is None:
        raise ValueError(f"{path} holds no line of a combined access log")
    return day_of(latest, zone)


def _at_ms(found: re.Match[bytes]) -> int:
    day, month, year, hour, minute, second = (
        int(found[2]),
        _MONTHS.index(found[3]) + 1,
        *(int(found[part]) for part in (4, 5, 6, 7)),
    )
    ahead = (int(found[9]) * 60 + int(found[10])) * 60 * (-1 if found[8] == b"-" else 1)
    return (timegm((year, month, day, hour, minute, second)) - ahead) * 1000


def _text(quoted: bytes) -> str:
    return "" if quoted == b"-" else _unescaped(quoted).decode("utf-8", "replace")


def _unescaped(quoted: bytes) -> bytes:
    return _ESCAPED.sub(_unescape, quoted) if b"\\" in quoted else quoted


def _unescape(found: re.Match[bytes]) -> bytes:
    what = found[1]
    return bytes.fromhex(what[1:].decode()) if len(what) > 1 else _LETTERS.get(what, what)
