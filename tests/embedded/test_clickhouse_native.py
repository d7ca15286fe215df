"""The native protocol, as clickhouse-driver uses it."""

import socket
import struct
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from clickhouse_driver.errors import ErrorCodes, PartiallyConsumedQueryError, ServerException

from embedded.clickhouse.failures import Code
from embedded.clickhouse.packets import REVISION, WHOLE_QUERY, ClientPacket
from embedded.clickhouse.wire import text, varint
from tests.embedded.clickhouse_process import (
    PASSWORDS,
    PATIENCE_SECONDS,
    ClickHouseProcess,
    running,
    wait_for,
)

MOMENT = datetime(2026, 3, 1, 23, 30, 0, 123000, tzinfo=UTC)
SLOW = "SELECT sum(sleepEachRow(0.01)) FROM numbers(60000) SETTINGS max_block_size = 1"
ROW: dict[str, tuple[str, Any]] = {
    "id": ("UInt64", 2**64 - 1),
    "name": ("String", "line\n\nand\ttab, quote ' and ünï"),
    "kind": ("LowCardinality(String)", "page"),
    "maybe": ("LowCardinality(Nullable(String))", None),
    "digest": ("FixedString(4)", "abcd"),
    "u8": ("UInt8", 255),
    "u16": ("UInt16", 65535),
    "u32": ("UInt32", 2**32 - 1),
    "i8": ("Int8", -128),
    "i16": ("Int16", -1),
    "i32": ("Int32", -1),
    "i64": ("Int64", -(2**63)),
    "share": ("Float64", 0.25),
    "at": ("DateTime64(3, 'UTC')", MOMENT),
    "hour": ("DateTime('UTC')", datetime(2026, 3, 1, 23, tzinfo=UTC)),
    "day": ("Date", date(2026, 3, 1)),
    "tags": ("Array(String)", ["a", "", "c\n\nd"]),
    "codes": ("Array(LowCardinality(String))", ["x", "x"]),
    "query": ("Map(String, String)", {"utm_source": "feedburner", "": ""}),
    "value": ("Nullable(Int64)", None),
    "seen": ("Nullable(DateTime64(3, 'UTC'))", MOMENT),
    "state": ("Enum8('open' = 1, 'it\\'s closed' = 2)", "it's closed"),
    "test": ("Bool", True),
    "key": ("UUID", uuid.UUID(int=7)),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseProcess]:
    with running(tmp_path_factory.mktemp("native")) as process:
        yield process


@pytest.fixture
def client(server: ClickHouseProcess) -> Iterator[Any]:
    with server.client() as connected:
        yield connected


@pytest.fixture
def table(client: Any) -> str:
    """A table of every type, empty."""
    columns = ", ".join(f"{name} {kind}" for name, (kind, _value) in ROW.items())
    client.execute(f"CREATE OR REPLACE TABLE every ({columns}) ENGINE = MergeTree ORDER BY id")
    return "every"


def values() -> list[Any]:
    return [value for _kind, value in ROW.values()]


def test_every_type_returns_as_it_was_inserted_by_row(client: Any, table: str) -> None:
    assert client.execute(f"INSERT INTO {table} VALUES", [values()] * 3) == 3
    assert client.execute(f"SELECT * FROM {table}") == [tuple(values())] * 3


def test_every_type_returns_as_it_was_inserted_by_column(client: Any, table: str) -> None:
    columns = [[value] * 2 for value in values()]
    client.execute(f"INSERT INTO {table} VALUES", columns, columnar=True)
    assert client.execute(f"SELECT * FROM {table}", columnar=True) == [tuple(c) for c in columns]


def test_any_number_of_columns_arrives(client: Any, table: str) -> None:
    """Counts such as 9, 10, 13 and 32 are white space when they are taken for text."""
    for count in range(1, len(ROW) + 1):
        names = ", ".join(list(ROW)[:count])
        client.execute(f"INSERT INTO {table} ({names}) VALUES", [values()[:count]])
    assert client.execute(f"SELECT count() FROM {table}") == [(len(ROW),)]


def test_a_moment_may_be_given_in_epoch_milliseconds(client: Any, table: str) -> None:
    at_ms = int(MOMENT.timestamp()) * 1000 + 123
    client.execute(f"INSERT INTO {table} (id, at) VALUES", [[1], [at_ms]], columnar=True)
    assert client.execute(f"SELECT at FROM {table}") == [(MOMENT,)]


def test_rows_may_stand_in_the_statement(client: Any, table: str) -> None:
    client.execute(f"INSERT INTO {table} (id, name) VALUES (1, 'a;\n\nb'), (2, '(c)')")
    client.execute(f"INSERT INTO {table} (id, name) SELECT 3, 'd'")
    rows = client.execute(f"SELECT id, name FROM {table} ORDER BY id")
    assert rows == [(1, "a;\n\nb"), (2, "(c)"), (3, "d")]


def test_an_empty_answer_names_and_types_its_columns(client: Any, table: str) -> None:
    rows, columns = client.execute(f"SELECT * FROM {table}", with_column_types=True)
    assert rows == []
    assert dict(columns) == {name: kind for name, (kind, _value) in ROW.items()}


def test_empty_lists_of_tables_name_their_column(client: Any) -> None:
    client.execute("CREATE DATABASE IF NOT EXISTS nothing")
    answer = client.execute("SHOW TABLES FROM nothing", with_column_types=True)
    assert answer == ([], [("name", "String")])


def test_statements_without_an_answer_answer_nothing(client: Any, table: str) -> None:
    assert client.execute(f"TRUNCATE TABLE {table}") == []
    assert client.execute("SET max_threads = 2") == []


def test_a_zone_is_kept_in_every_place(client: Any) -> None:
    sql = "SELECT toDateTime('2026-03-01 12:00:00', 'Europe/Berlin') AS a, [a] AS b, 7 AS c"
    rows, columns = client.execute(sql, with_column_types=True)
    zoned = "DateTime('Europe/Berlin')"
    assert columns == [("a", zoned), ("b", f"Array({zoned})"), ("c", "UInt8")]
    assert rows[0][0].isoformat() == "2026-03-01T12:00:00+01:00"


def test_a_replacing_table_read_with_final_holds_the_last_version(client: Any) -> None:
    client.execute(
        "CREATE OR REPLACE TABLE conversions (id String, price Int64, version UInt64)"
        " ENGINE = ReplacingMergeTree(version) ORDER BY id"
    )
    for version in (2, 3, 1):
        client.execute("INSERT INTO conversions VALUES", [("a", version * 100, version)])
    assert client.execute("SELECT price FROM conversions FINAL") == [(300,)]
    settings = {"final": 1}
    assert client.execute("SELECT price FROM conversions", settings=settings) == [(300,)]


def test_settings_of_a_query_leave_with_it(client: Any) -> None:
    asked = "SELECT getSetting('max_block_size')"
    client.execute("SET max_block_size = 1000")
    assert client.execute(asked, settings={"max_block_size": 77}) == [(77,)]
    assert client.execute(asked) == [(1000,)]


def test_an_unknown_setting_is_passed_over_unless_it_is_important(
    server: ClickHouseProcess,
) -> None:
    with server.client() as client:
        assert client.execute("SELECT 1", settings={"no_such_setting": 1}) == [(1,)]
    with server.client(settings_is_important=True) as client:
        assert code_of(client, "SELECT 1", settings={"no_such_setting": 1}) == Code.UNKNOWN_SETTING


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELEC 1", ErrorCodes.SYNTAX_ERROR),
        ("", ErrorCodes.SYNTAX_ERROR),
        ("SELECT 1; SELECT 2", ErrorCodes.SYNTAX_ERROR),
        ("INSERT INTO every (id) VALUES (1); DROP TABLE every", ErrorCodes.SYNTAX_ERROR),
        ("SELECT nothing", ErrorCodes.UNKNOWN_IDENTIFIER),
        ("SELECT * FROM nothing", ErrorCodes.UNKNOWN_TABLE),
        ("INSERT INTO nothing VALUES", ErrorCodes.UNKNOWN_TABLE),
        ("SELECT throwIf(number = 5) FROM numbers(9)", 395),
        ("SELECT number, sum(1) FROM numbers(9) GROUP BY number WITH TOTALS", Code.NOT_IMPLEMENTED),
        (
            "SELECT groupArray(number) FROM numbers(9000000) SETTINGS max_memory_usage = 9000000",
            241,
        ),
    ],
)
def test_a_refusal_carries_clickhouses_code(client: Any, table: str, sql: str, code: int) -> None:
    assert code_of(client, sql) == code
    assert client.execute("SELECT 1") == [(1,)]


def test_a_refused_row_refuses_the_insert(client: Any) -> None:
    client.execute(
        "CREATE OR REPLACE TABLE positive (n Int64, CONSTRAINT it CHECK n > 0)"
        " ENGINE = MergeTree ORDER BY n"
    )
    with pytest.raises(ServerException) as refused:
        client.execute("INSERT INTO positive VALUES", [(1,), (-1,)])
    assert refused.value.code == 469
    assert client.execute("SELECT count() FROM positive") == [(0,)]


def test_a_cancelled_query_ends_and_the_connection_stays(server: ClickHouseProcess) -> None:
    with server.client() as client:
        client.execute_with_progress(SLOW)
        wait_for(lambda: running_queries(server) == 1)
        client.cancel()
        wait_for(lambda: running_queries(server) == 0)
        assert client.execute("SELECT 1") == [(1,)]


def test_a_query_ends_when_its_client_hangs_up(server: ClickHouseProcess) -> None:
    client = server.client()
    client.execute_with_progress(SLOW)
    wait_for(lambda: running_queries(server) == 1)
    client.disconnect()
    wait_for(lambda: running_queries(server) == 0)


def test_a_query_ends_at_its_time_limit(client: Any) -> None:
    assert code_of(client, SLOW, settings={"max_execution_time": 1}) == ErrorCodes.TIMEOUT_EXCEEDED


def test_a_client_that_hangs_up_in_the_middle_of_an_insert_leaves_no_row(
    server: ClickHouseProcess, table: str, client: Any
) -> None:
    writer = server.client()

    def rows() -> Iterator[tuple[int]]:
        for number in range(100_000):
            yield (number,)
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        writer.execute(
            f"INSERT INTO {table} (id) VALUES", rows(), settings={"insert_block_size": 9_999}
        )
    writer.disconnect()
    client.execute(f"INSERT INTO {table} (id) VALUES", [(7,)])
    assert client.execute(f"SELECT id FROM {table}") == [(7,)]


def test_many_clients_insert_and_ask_at_once(server: ClickHouseProcess, client: Any) -> None:
    client.execute(
        "CREATE OR REPLACE TABLE shared (c UInt8, n UInt32) ENGINE = MergeTree ORDER BY n"
    )
    failures: list[Exception] = []

    def work(number: int) -> None:
        try:
            with server.client() as own:
                for batch in range(5):
                    rows = [(number, batch * 100 + n) for n in range(100)]
                    own.execute("INSERT INTO shared VALUES", rows)
                    mine = own.execute(f"SELECT count() FROM shared WHERE c = {number}")
                    assert mine == [((batch + 1) * 100,)]
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert client.execute("SELECT count(), uniqExact(c, n) FROM shared") == [(8000, 8000)]


def test_a_big_answer_streams(client: Any) -> None:
    total = 0
    for (number,) in client.execute_iter("SELECT number FROM numbers(1000000)"):
        total += number
    assert total == 999_999 * 1_000_000 // 2


def test_a_big_insert_streams(client: Any) -> None:
    client.execute("CREATE OR REPLACE TABLE big (n UInt64, s String) ENGINE = MergeTree ORDER BY n")
    blocks = ((n, f"row {n}") for n in range(300_000))
    assert client.execute("INSERT INTO big VALUES", blocks) == 300_000
    assert client.execute("SELECT count(), uniqExact(s) FROM big") == [(300_000, 300_000)]


def test_a_half_read_answer_does_not_reach_the_next_query(server: ClickHouseProcess) -> None:
    with server.client() as client:
        next(iter(client.execute_iter("SELECT number FROM numbers(1000000)")))
        with pytest.raises(PartiallyConsumedQueryError):
            client.execute("SELECT 1")
        assert client.execute("SELECT 2") == [(2,)]


def test_progress_and_profile_are_reported(client: Any) -> None:
    client.execute("SELECT number FROM numbers(1000)")
    assert client.last_query.progress.rows == 1000
    assert client.last_query.profile_info.rows == 1000


def test_a_format_clause_does_not_change_the_protocol(client: Any) -> None:
    assert client.execute("SELECT 1 FORMAT JSON") == [(1,)]


@pytest.mark.parametrize("user", ["writer", "analyst", "nobody", "default"])
def test_a_wrong_password_is_refused(server: ClickHouseProcess, user: str) -> None:
    with server.client(user=user, password="guess") as client:
        assert code_of(client, "SELECT 1") == Code.AUTHENTICATION_FAILED


def test_a_missing_database_is_refused(server: ClickHouseProcess) -> None:
    with server.client(database="nowhere") as client:
        assert code_of(client, "SELECT 1") == ErrorCodes.UNKNOWN_DATABASE


def test_compression_is_refused_in_words(server: ClickHouseProcess) -> None:
    """Spoken by hand: the driver itself refuses to compress without packages we do not have."""
    hello = varint(ClientPacket.HELLO) + text("test") + varint(1) + varint(0) + varint(REVISION)
    user = text("counterfoil") + text("writer") + text(PASSWORDS["writer"])
    no_client, no_settings, no_secret = b"\0", text(""), text("")
    stage, compressed = varint(WHOLE_QUERY), varint(1)
    query = varint(ClientPacket.QUERY) + text("") + no_client + no_settings + no_secret
    answer = said_to(server, hello + user + query + stage + compressed + text("SELECT 1"))
    assert struct.pack("<i", Code.SUPPORT_IS_DISABLED) in answer
    assert b"connect with compression=False" in answer


def test_an_old_client_is_refused_in_words(server: ClickHouseProcess) -> None:
    with server.client(client_revision=54448) as client:
        assert code_of(client, "SELECT 1") == Code.NOT_IMPLEMENTED


def test_external_tables_are_refused_in_words(client: Any) -> None:
    tables = [{"name": "ids", "structure": [("id", "UInt8")], "data": [{"id": 1}]}]
    assert code_of(client, "SELECT 1", external_tables=tables) == Code.NOT_IMPLEMENTED
    assert client.execute("SELECT 1") == [(1,)]


@pytest.mark.parametrize(
    "words", [b"GET / HTTP/1.1\r\n\r\n", b"\x00\xff\xff\xff\xff\x7f", b"\x00" * 99]
)
def test_another_protocol_is_turned_away(server: ClickHouseProcess, words: bytes) -> None:
    said_to(server, words)
    with server.client() as client:
        assert client.execute("SELECT 1") == [(1,)]


def test_sessions_of_one_role_are_limited_and_free_again(server: ClickHouseProcess) -> None:
    crowd = [server.client("analyst") for _ in range(20)]
    for member in crowd:
        member.execute("SELECT 1")
    with server.client("analyst") as late:
        assert code_of(late, "SELECT 1") == Code.TOO_MANY_SIMULTANEOUS_QUERIES
    with server.client("writer") as writer:
        assert writer.execute("SELECT 1") == [(1,)]
    for member in crowd:
        member.disconnect()
    wait_for(lambda: signs_in(server))


def said_to(server: ClickHouseProcess, words: bytes) -> bytes:
    """All that the server answers before it closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS) as stranger:
        stranger.sendall(words)
        stranger.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: stranger.recv(1 << 16), b""))


def signs_in(server: ClickHouseProcess) -> bool:
    with server.client("analyst") as client:
        try:
            return bool(client.execute("SELECT 1"))
        except ServerException:
            return False


def running_queries(server: ClickHouseProcess) -> int:
    with server.client() as client:
        sql = "SELECT count() FROM system.processes WHERE query LIKE '%sleepEachRow%60000%'"
        own = "AND query NOT LIKE '%system.processes%'"
        return int(client.execute(f"{sql} {own}")[0][0])


def code_of(client: Any, sql: str, **options: Any) -> int:
    """The code of the refusal; it must be one."""
    with pytest.raises(ServerException) as refused:
        client.execute(sql, **options)
    return int(refused.value.code)
