"""HTTP, as curl and clickhouse-connect use it."""

import json
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import clickhouse_connect
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from tests.embedded.clickhouse_process import (
    PASSWORDS,
    PATIENCE_SECONDS,
    ClickHouseProcess,
    running,
    wait_for,
)

SLOW = "SELECT sum(sleepEachRow(0.01)) FROM numbers(60000) SETTINGS max_block_size = 1"
BIG = "SELECT repeat('x', 900000 + number) FROM numbers(200)"
MOMENT = datetime(2026, 3, 1, 23, 30, 0, 123000, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseProcess]:
    with running(tmp_path_factory.mktemp("http")) as process:
        yield process


@pytest.fixture
def client(server: ClickHouseProcess) -> Iterator[Any]:
    """clickhouse-connect, as writer."""
    connected = connect(server, "writer")
    yield connected
    connected.close()


@pytest.fixture
def table(server: ClickHouseProcess) -> str:
    sql = (
        "CREATE OR REPLACE TABLE notes (id UInt32, text String, at DateTime64(3, 'UTC'), day Date)"
        " ENGINE = MergeTree ORDER BY id"
    )
    assert server.curl("--data", sql) == (200, "")
    return "notes"


def test_curl_asks_in_the_body_or_in_the_address(server: ClickHouseProcess) -> None:
    assert server.curl("--data", "SELECT 1, 'a'") == (200, "1\ta\n")
    assert server.curl(path="/?query=SELECT%202") == (200, "2\n")


def test_an_answer_comes_in_the_format_asked_for(server: ClickHouseProcess) -> None:
    status, body = server.curl("--data", "SELECT toUInt8(1) AS one FORMAT JSON")
    assert status == 200
    assert json.loads(body)["meta"] == [{"name": "one", "type": "UInt8"}]
    assert json.loads(body)["data"] == [{"one": 1}]
    by_argument = server.curl("--data", "SELECT 1 AS one", path="/?default_format=CSVWithNames")
    assert by_argument == (200, '"one"\n1\n')


def test_a_big_json_answer_is_one_document(server: ClickHouseProcess) -> None:
    _status, body = server.curl("--data", "SELECT number FROM numbers(200000) FORMAT JSONCompact")
    assert len(json.loads(body)["data"]) == 200_000


@pytest.mark.parametrize(
    ("row_format", "rows"),
    [
        ("CSV", '1,"a,\n\nb"\n2,c\n'),
        ("TSV", "1\ta,\\n\\nb\n2\tc\n"),
        ("JSONEachRow", '{"id":1,"text":"a,\\n\\nb"}\n\n\n{"id":2,"text":"c"}\n'),
        ("Values", "(1, 'a,\n\nb'), (2, 'c')"),
    ],
)
def test_rows_are_inserted_from_the_body(
    server: ClickHouseProcess, table: str, row_format: str, rows: str
) -> None:
    head = f"INSERT%20INTO%20{table}%20(id,text)%20FORMAT%20{row_format}"
    assert server.curl("--data-binary", rows, path=f"/?query={head}") == (200, "")
    assert server.curl("--data", f"SELECT id, text FROM {table} ORDER BY id") == (
        200,
        "1\ta,\\n\\nb\n2\tc\n",
    )


def test_head_and_rows_may_both_stand_in_the_body(
    server: ClickHouseProcess, table: str, tmp_path: Path
) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text(
        f"INSERT INTO {table} (id, text) FORMAT CSV\n"
        + "".join(f"{number},row {number}\n" for number in range(200_000))
    )
    whole = ("--data-binary", f"@{rows}")
    assert server.curl(*whole) == (200, "")
    assert server.curl("--header", "Transfer-Encoding: chunked", *whole) == (200, "")
    assert server.curl("--data", f"SELECT count(), uniqExact(text) FROM {table}") == (
        200,
        "400000\t200000\n",
    )


def test_parameters_and_settings_stand_in_the_address(server: ClickHouseProcess) -> None:
    asked = "SELECT {day:Date} + 1, getSetting('max_threads')"
    path = "/?param_day=2026-03-01&max_threads=3"
    assert server.curl("--data", asked, path=path) == (200, "2026-03-02\t3\n")


@pytest.mark.parametrize(
    ("arguments", "path", "status", "code"),
    [
        (["--data", "SELEC 1"], "/", 400, 62),
        (["--data", "SELECT 1; SELECT 2"], "/", 400, 62),
        (["--data", "SELECT * FROM nothing"], "/", 404, 60),
        (["--data", "SELECT 1"], "/?database=nothing", 404, 81),
        (["--data", "SELECT 1"], "/?no_such_setting=1", 500, 115),
        (["--data", "SELECT 1", "--user", "writer:guess"], "/", 403, 516),
        (["--data", "SELECT 1", "--user", "nobody:guess"], "/", 403, 516),
        (["--data", "SELECT 1", "--header", "Content-Encoding: gzip"], "/", 500, 344),
        (["--data", "SELECT 1"], "/?compress=1", 501, 48),
        (["--data", "SELECT 1"], "/?default_format=Dataframe", 500, 1001),
        (["--data", SLOW], "/?max_execution_time=1", 408, 159),
        (["--data", f"{BIG} SETTINGS max_block_size = 10"], "/", 500, 396),
        ([], "/?query=CREATE%20TABLE%20made_by_get%20(a%20Int8)%20ENGINE=Memory", 403, 164),
        ([], "/?query=INSERT%20INTO%20notes%20(id)%20VALUES%20(1)", 403, 164),
    ],
)
def test_a_refusal_has_a_status_and_clickhouses_code(
    server: ClickHouseProcess, table: str, arguments: list[str], path: str, status: int, code: int
) -> None:
    answered, body = server.curl(*arguments, path=path)
    assert (answered, body.split(".")[0]) == (status, f"Code: {code}")


def test_a_refused_upload_hears_why(server: ClickHouseProcess, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("1,a\n" * 2_000_000)
    path = "/?query=INSERT%20INTO%20nothing%20FORMAT%20CSV"
    upload = ("--data-binary", f"@{rows}", "--header", "Expect:")
    assert server.curl(*upload, "--user", "writer:guess", path=path)[0] == 403
    assert server.curl(*upload, path=path)[0] == 404
    assert server.curl(*upload, path=path, role="analyst")[0] == 403


def test_an_unreadable_length_is_refused(server: ClickHouseProcess) -> None:
    for header in ("Content-Length: many", "Transfer-Encoding: chunked\r\n\r\nmany"):
        with socket.create_connection(
            ("127.0.0.1", server.http_port), timeout=PATIENCE_SECONDS
        ) as browser:
            browser.sendall(f"POST / HTTP/1.1\r\nHost: here\r\n{header}\r\n\r\n".encode())
            assert browser.recv(1 << 16).startswith(b"HTTP/1.1 400 ")


def test_another_path_is_not_found(server: ClickHouseProcess) -> None:
    assert server.curl(path="/play")[0] == 404


def test_ping_needs_no_password(server: ClickHouseProcess) -> None:
    assert server.curl("--user", ":", path="/ping") == (200, "Ok.\n")


def test_a_query_ends_when_curl_hangs_up(server: ClickHouseProcess) -> None:
    address = f"http://127.0.0.1:{server.http_port}/"
    credentials = f"writer:{PASSWORDS['writer']}"
    asking = subprocess.Popen(["curl", "--silent", "--user", credentials, "--data", SLOW, address])
    wait_for(lambda: running_queries(server) == 1)
    asking.kill()
    asking.wait()
    wait_for(lambda: running_queries(server) == 0)


def test_headers_and_body_leave_in_one_write(server: ClickHouseProcess) -> None:
    """In two they would meet Nagle's timer: 40 ms for each request of a kept-alive connection."""
    with socket.create_connection(
        ("127.0.0.1", server.http_port), timeout=PATIENCE_SECONDS
    ) as browser:
        browser.sendall(b"GET /ping HTTP/1.1\r\nHost: here\r\n\r\n")
        assert browser.recv(1 << 16).endswith(b"\r\n\r\nOk.\n")


def test_connect_returns_what_it_inserted(client: Any, table: str) -> None:
    """It returns moments naive, in UTC, unless told otherwise."""
    row = [1, "a\n\nb", MOMENT.replace(tzinfo=None), date(2026, 3, 1)]
    client.insert(table, [row, [2, *row[1:]]], column_names=["id", "text", "at", "day"])
    assert client.query(f"SELECT * FROM {table} ORDER BY id").result_rows == [
        tuple(row),
        (2, *row[1:]),
    ]


def test_connect_makes_frames(client: Any, table: str) -> None:
    frame = client.query_df("SELECT number AS n, toString(number) AS s FROM numbers(100000)")
    assert (len(frame), int(frame["n"].sum())) == (100_000, 99_999 * 50_000)


def test_connect_knows_the_columns_of_an_empty_answer(client: Any, table: str) -> None:
    answer = client.query(f"SELECT id, day FROM {table}")
    assert (answer.result_rows, answer.column_names) == ([], ("id", "day"))


def test_connect_passes_parameters_and_settings(client: Any) -> None:
    answer = client.query(
        "SELECT {n:UInt8}, getSetting('max_threads')",
        parameters={"n": 7},
        settings={"max_threads": 3},
    )
    assert answer.result_rows == [(7, 3)]


def test_connect_raises_what_the_server_refuses(client: Any) -> None:
    with pytest.raises(DatabaseError, match="UNKNOWN_TABLE"):
        client.query("SELECT * FROM nothing")
    with pytest.raises(DatabaseError, match="NOT_IMPLEMENTED"):
        client.query("SELECT number, sum(1) FROM numbers(3) GROUP BY number WITH TOTALS")


def test_an_analyst_reads_over_http(server: ClickHouseProcess, table: str) -> None:
    analyst = connect(server, "analyst")
    assert analyst.query(f"SELECT count() FROM {table}").result_rows == [(0,)]
    analyst.close()
    assert server.curl(role="analyst", path="/?query=SELECT%201") == (200, "1\n")


def connect(server: ClickHouseProcess, role: str) -> Any:
    return clickhouse_connect.get_client(
        host="127.0.0.1",
        port=server.http_port,
        username=role,
        password=PASSWORDS[role],
        database="counterfoil",
        compress=False,
    )


def running_queries(server: ClickHouseProcess) -> int:
    sql = "SELECT count() FROM system.processes WHERE query LIKE '%sleepEachRow%60000%'"
    _status, body = server.curl("--data", f"{sql} AND query NOT LIKE '%system.processes%'")
    return int(body)
