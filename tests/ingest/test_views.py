"""Lines of logs become page views in the order of time, with ids that a repeat repeats."""

from ingest.views import Views

AGENT = b'"-" "Mozilla/5.0"'


def line(
    request: bytes = b"GET / HTTP/1.1",
    status: bytes = b"200",
    second: int = 0,
    address: bytes = b"192.0.2.7",
) -> bytes:
    time = b"12/Nov/2026:10:00:%02d +0000" % second
    return b'%b - - [%b] "%b" %b 1 %b' % (address, time, request, status, AGENT)


def views(*lines: bytes, shift_days: int = 0) -> Views:
    made = Views("ck_store", "store.example", shift_days)
    made.read(lines)
    return made


def urls(made: Views) -> list[str]:
    return [item["url"] for item in made.items()]


def test_only_answered_gets_of_pages_are_views_and_the_rest_is_counted() -> None:
    made = views(
        line(),
        line(b"GET /b HTTP/1.1", b"304"),
        line(b"GET /logo.png HTTP/1.1"),
        line(b"GET /old HTTP/1.1", b"301"),
        line(b"GET /none HTTP/1.1", b"404"),
        line(b"POST / HTTP/1.1"),
        b"noise",
        line(address=b"host.example"),
    )
    assert urls(made) == ["https://store.example/", "https://store.example/b"]
    assert (made.lines, made.unreadable, made.examples[0]) == (8, 2, "noise")
    assert dict(made.skipped) == {
        "parts of pages, feeds, robots.txt": 1,
        "other answers than 200 and 304": 2,
        "other methods": 1,
    }


def test_a_head_is_sent_as_one() -> None:
    head, get = views(line(b"HEAD / HTTP/1.1"), line()).items()
    assert head["head"] is True
    assert "head" not in get


def test_views_stand_in_the_order_of_time_then_of_lines() -> None:
    made = views(*(line(b"GET /%d HTTP/1.1" % n, second=s) for n, s in ((1, 5), (2, 3), (3, 5))))
    assert [url[-1] for url in urls(made)] == ["2", "1", "3"]


def test_an_absolute_request_keeps_its_host() -> None:
    assert urls(views(line(b"GET http://other.example/x HTTP/1.1"))) == ["http://other.example/x"]
    assert urls(views(line(b"GET http://other.example/x.png HTTP/1.1"))) == []


def test_equal_lines_have_ids_of_their_own_and_the_next_run_repeats_them() -> None:
    once, twice = views(line(), line()), views(line(), line())
    ids = [item["id"] for item in once.items()]
    assert len(set(ids)) == 2
    assert ids == [item["id"] for item in twice.items()]


def test_a_line_that_two_files_hold_is_the_same_view() -> None:
    made = views(line())
    made.read([line()])
    assert len({item["id"] for item in made.items()}) == 1


def test_a_shift_moves_days_and_not_ids() -> None:
    (plain,), (moved,) = views(line()).items(), views(line(), shift_days=3).items()
    assert moved["occurred_at"] - plain["occurred_at"] == 3 * 86_400_000
    assert moved["id"] == plain["id"]


def test_a_dash_as_user_agent_is_an_empty_one() -> None:
    (item,) = views(line().replace(b'"Mozilla/5.0"', b'"-"')).items()
    assert (item["user_agent"], item["client_address"]) == ("", "192.0.2.7")
