from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from streams.facts import Mark
from tests.engines import free_ports
from tests.warehouse.cutting_proxy import CuttingProxy, cutting_proxy
from tests.warehouse.facts_of import NOON, conversion
from tests.warehouse.filling import fill
from warehouse.frames import frame
from warehouse.store import Rejected, Store, Unavailable, Unencodable, UnknownQuestion

PROGRESS = ("stage", "partition", "watermark", "offset")


@pytest.fixture
def proxy(clickhouse: str) -> Iterator[CuttingProxy]:
    parts = urlsplit(clickhouse)
    assert parts.hostname
    assert parts.port
    with cutting_proxy((parts.hostname, parts.port)) as proxy:
        yield proxy


@pytest.fixture
def far(proxy: CuttingProxy, store: Store, clickhouse_database: str) -> Iterator[Store]:
    """The store of this test behind the proxy."""
    port = urlsplit(clickhouse_database).port
    with Store(clickhouse_database.replace(f":{port}/", f":{proxy.port}/")) as far:
        yield far


def test_a_question_answers_rows_by_name(store: Store) -> None:
    fill(store, Mark(source=0, watermark_ms=NOON))
    expected = {"watermark": datetime(2026, 11, 11, 12, tzinfo=UTC), "heard": [0]}
    assert store.ask("watermark", partitions=1) == [expected]


def test_an_unknown_question_and_a_missing_parameter_are_told_at_once(store: Store) -> None:
    with pytest.raises(UnknownQuestion, match="watermark"):
        store.ask("water_level")
    with pytest.raises(TypeError, match="partitions"):
        store.ask("watermark")


def test_parameters_are_values_and_never_sql(store: Store) -> None:
    fill(store, conversion(1))
    hostile = "x' OR conversion_id != '\\"
    assert store.ask("conversion_by_id", conversion=hostile) == []


def test_a_long_answer_streams_and_may_be_left_early(store: Store) -> None:
    fill(store, *(conversion(number) for number in range(1, 301)))
    advertiser = {"advertiser": "bikes", "day": datetime(2026, 11, 11, tzinfo=UTC).date()}
    purses = {"purses": ["gravel-sale/2026-11"], "heads": [300], "verified": [0]}
    for _ in range(20):
        rows = store.stream("closing_decisions", **advertiser, **purses)
        assert next(rows)["sequence"] == 1
    rows = store.stream("closing_decisions", **advertiser, **purses)
    assert [row["sequence"] for row in rows] == list(range(1, 301))


def test_a_frame_has_its_columns_without_rows_too(store: Store) -> None:
    empty = frame(store, "conversion_by_id", conversion="none")
    fill(store, conversion(1))
    one = frame(store, "conversion_by_id", conversion=conversion(1).candidate.conversion_id)
    assert list(empty.columns) == list(one.columns)
    assert (len(empty), len(one)) == (0, 1)
    assert one["at"][0] == datetime(2026, 11, 11, 12, tzinfo=UTC)
    assert one["price_minor"].dtype == "int64"


def test_an_exception_of_clickhouse_comes_with_its_code_and_words(store: Store) -> None:
    with pytest.raises(Rejected, match="Unknown table") as raised:
        store.execute("SELECT 1 FROM nowhere")
    assert raised.value.code == 60
    assert store.execute("SELECT 1").rows == [(1,)]


def test_words_leave_out_what_the_parser_could_have_taken(store: Store) -> None:
    with pytest.raises(Rejected) as raised:
        store.execute("SELEKT 1")
    assert "SELEKT" in str(raised.value)
    assert "Expected one of" not in str(raised.value)


def test_a_value_that_does_not_fit_is_named_and_nothing_is_written(store: Store) -> None:
    with pytest.raises(Unencodable, match="partition"):
        store.insert("pipeline_progress", PROGRESS, (["a", "b"], [0, -1], [1, 2], [3, 4]))
    assert store.execute("SELECT count() FROM pipeline_progress").rows == [(0,)]
    store.insert("pipeline_progress", PROGRESS, (["a"], [0], [1], [3]))
    assert store.execute("SELECT count() FROM pipeline_progress").rows == [(1,)]


def test_a_server_that_is_away_is_unavailable() -> None:
    (port,) = free_ports(1)
    with (
        Store(f"clickhouse://writer:x@127.0.0.1:{port}/counterfoil") as store,
        pytest.raises(Unavailable, match="Connection refused"),
    ):
        store.ask("watermark", partitions=1)


def test_a_wrong_password_is_rejected(clickhouse: str) -> None:
    address = clickhouse.rpartition("@")[2]
    with (
        Store(f"clickhouse://writer:wrong@{address}") as store,
        pytest.raises(Rejected, match="Authentication failed"),
    ):
        store.execute("SELECT 1")


def test_connections_that_broke_while_idle_are_opened_again(
    far: Store, proxy: CuttingProxy
) -> None:
    for _ in range(3):
        assert far.ask("watermark", partitions=1)
        proxy.cut()


def test_a_read_whose_connection_breaks_is_asked_once_more(far: Store, proxy: CuttingProxy) -> None:
    proxy.breaking_at = b"pipeline_progress"
    assert far.ask("watermark", partitions=1)
    assert proxy.broken == 1


def test_a_statement_whose_connection_breaks_is_not_repeated(
    far: Store, proxy: CuttingProxy
) -> None:
    proxy.breaking_at = b"pipeline_progress"
    with pytest.raises(Unavailable):
        far.execute("TRUNCATE TABLE pipeline_progress")
    assert far.execute("SELECT 1").rows == [(1,)]


def test_an_insert_that_breaks_leaves_a_usable_store(far: Store, proxy: CuttingProxy) -> None:
    proxy.breaking_at = b"INSERT"
    with pytest.raises(Unavailable):
        far.insert("pipeline_progress", PROGRESS, (["a"], [0], [1], [3]))
    far.insert("pipeline_progress", PROGRESS, (["a"], [0], [1], [3]))
    assert far.execute("SELECT count() FROM pipeline_progress FINAL").rows == [(1,)]


def test_many_threads_share_few_connections(clickhouse_database: str, store: Store) -> None:
    fill(store, Mark(source=0, watermark_ms=NOON))
    with Store(clickhouse_database, connections=3) as shared, ThreadPoolExecutor(16) as threads:

        def ask(number: int) -> int:
            assert shared.ask("watermark", partitions=1)[0]["heard"] == [0]
            return int(shared.execute(f"SELECT {number}").rows[0][0])

        assert list(threads.map(ask, range(100))) == list(range(100))


def test_a_thread_that_waits_too_long_for_a_connection_is_told(clickhouse_database: str) -> None:
    with Store(clickhouse_database, connections=1, timeout_seconds=0.5) as store:
        held = store.read("SELECT number FROM numbers(1000000)")
        assert next(held) == ("number",)
        with pytest.raises(Unavailable, match="busy"):
            store.execute("SELECT 1")
        held.close()  # type: ignore[attr-defined]
        assert store.execute("SELECT 1").rows == [(1,)]


def test_a_question_that_takes_too_long_ends(clickhouse_database: str) -> None:
    endless = "SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 3"
    with (
        Store(clickhouse_database, timeout_seconds=1) as store,
        pytest.raises((Rejected, Unavailable)),
    ):
        store.execute(endless)
