"""Access logs are read whatever bytes they hold."""

import gzip
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.logs import last_day, lines_of, parse

LINE = (
    b'192.0.2.7 - ann [12/Nov/2026:23:30:05 +0100] "GET /a?b=c HTTP/1.1" 200 512 '
    b'"https://blog.example/" "Mozilla/5.0"'
)


def changed(old: bytes, new: bytes) -> bytes:
    assert old in LINE
    return LINE.replace(old, new)


def test_a_line_is_read() -> None:
    line = parse(LINE)
    assert line is not None
    assert (line.address, line.method, line.target, line.status) == (
        "192.0.2.7",
        "GET",
        "/a?b=c",
        200,
    )
    assert (line.referrer, line.agent, line.at_ms) == (
        "https://blog.example/",
        "Mozilla/5.0",
        1_794_522_605_000,
    )


def test_the_zone_of_a_line_counts() -> None:
    west, east = parse(changed(b"+0100", b"-0330")), parse(changed(b"+0100", b"+0000"))
    assert west is not None
    assert east is not None
    assert west.at_ms - east.at_ms == 3.5 * 3_600_000


def test_odd_bytes_of_a_path_are_escaped_and_escapes_stay() -> None:
    for written in (b"/caf\xc3\xa9", b"/caf\\xc3\\xa9", b"/caf%C3%A9"):
        line = parse(changed(b"/a?b=c", written))
        assert line is not None
        assert line.target == "/caf%C3%A9"


def test_quotes_inside_a_field_are_read() -> None:
    line = parse(changed(b'"Mozilla/5.0"', b'"Mozilla \\"x\\" \\\\ 5.0"'))
    assert line is not None
    assert line.agent == 'Mozilla "x" \\ 5.0'


def test_a_dash_is_nothing() -> None:
    line = parse(changed(b'"https://blog.example/" "Mozilla/5.0"', b'"-" "-"'))
    assert line is not None
    assert (line.referrer, line.agent) == ("", "")


def test_more_fields_behind_the_agent_are_allowed() -> None:
    assert parse(LINE + b' "203.0.113.9" 0.003') is not None


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"garbage",
        LINE[:-1],
        LINE[:60],
        changed(b"Nov", b"Nvo"),
        changed(b"GET /a?b=c HTTP/1.1", b"\\x16\\x03\\x01"),
        changed(b"GET /a?b=c HTTP/1.1", b"-"),
        changed(b"12/Nov/2026", b"12-11-2026"),
        changed(b" 200 ", b" OK "),
    ],
)
def test_a_line_that_is_none_is_none(line: bytes) -> None:
    assert parse(line) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_a_line_or_none(line: bytes) -> None:
    parse(line)
    parse(changed(b"/a?b=c", line))
    parse(changed(b"Mozilla/5.0", line))


def test_a_gzipped_log_reads_like_a_plain_one(tmp_path: Path) -> None:
    plain, zipped = tmp_path / "access.log", tmp_path / "access.old"
    plain.write_bytes(LINE + b"\r\n\n" + LINE)
    zipped.write_bytes(gzip.compress(plain.read_bytes()))
    assert list(lines_of(plain)) == list(lines_of(zipped)) == [LINE, LINE]


def test_the_last_day_is_a_day_of_the_zone(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(LINE + b"\nnoise\n" + changed(b"12/Nov", b"11/Nov"))
    assert last_day(log, "Europe/Berlin") == date(2026, 11, 12)
    assert last_day(log, "Asia/Tokyo") == date(2026, 11, 13)
    log.write_bytes(b"noise")
    with pytest.raises(ValueError, match="no line"):
        last_day(log, "UTC")
