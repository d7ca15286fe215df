"""`sql`, its shell and its forms, as an analyst who may read all but keyed hashes of people."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.warehouse.clickhouse_process import ClickHouseProcess
from tests.warehouse.facts_of import conversion, event, session, touch
from tests.warehouse.filling import fill
from warehouse.analyst import grant_analyst, statements
from warehouse.migrations import migrate
from warehouse.sql_forms import TABLE_ROWS, write
from warehouse.sql_shell import run, shell
from warehouse.store import WITHHELD, Rejected, Store


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseProcess]:
    with ClickHouseProcess(tmp_path_factory.mktemp("analyst")) as server:
        with Store(server.url) as store:
            migrate(store)
            fill(store, event(1, visitor="hash-of-a-person"), session(1), touch(1), conversion(1))
        yield server


@pytest.fixture
def analyst(server: ClickHouseProcess) -> Iterator[Store]:
    with Store(server.analyst) as store:
        yield store


def command(server: ClickHouseProcess, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "warehouse", *arguments],
        env={
            **os.environ,
            "COUNTERFOIL_CLICKHOUSE": server.url,
            "COUNTERFOIL_CLICKHOUSE_ANALYST": server.analyst,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def grants() -> list[str]:
    return statements("clickhouse://ana`lyst:pass'word@127.0.0.1:1/counterfoil")


def typed(*lines: str) -> Callable[[str], str]:
    """What a person types, line after line, then Ctrl-D."""
    waiting = iter(lines)

    def ask(prompt: str) -> str:
        for line in waiting:
            return line
        raise EOFError

    return ask


def test_one_query_prints_a_table(server: ClickHouseProcess) -> None:
    done = command(server, "sql", "SELECT agreement_id, tracked FROM performance_daily")
    assert done.returncode == 0
    assert "gravel-sale" in done.stdout
    assert done.stdout.endswith("1 row\n")


def test_json_is_an_object_a_line_and_csv_has_names(server: ClickHouseProcess) -> None:
    query = "SELECT agreement_id, day, NULL AS nothing, [1, 2] AS numbers FROM conversions"
    done = command(server, "sql", "--json", query)
    row = {"agreement_id": "gravel-sale", "day": "2026-11-11", "nothing": None, "numbers": [1, 2]}
    assert [json.loads(line) for line in done.stdout.splitlines()] == [row]
    done = command(server, "sql", "--csv", query)
    assert done.stdout.splitlines() == [
        "agreement_id,day,nothing,numbers",
        'gravel-sale,2026-11-11,,"[1, 2]"',
    ]


def test_an_error_is_told_in_words_with_exit_code_1(server: ClickHouseProcess) -> None:
    done = command(server, "sql", "SELECT nothing FROM nowhere")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_long_answer_is_cut_in_a_table_only() -> None:
    def rows() -> Iterator[tuple[int]]:
        return ((number,) for number in range(TABLE_ROWS + 5))

    table, lines = io.StringIO(), io.StringIO()
    write(["n"], rows(), "table", table)
    write(["n"], rows(), "csv", lines)
    assert table.getvalue().endswith(f"the first {TABLE_ROWS} rows; --csv and --json print all\n")
    assert len(lines.getvalue().splitlines()) == TABLE_ROWS + 6


def test_text_that_looks_like_markup_is_printed_as_it_is() -> None:
    out = io.StringIO()
    write(["[bold]"], iter([("[masked]",)]), "table", out)
    assert "[bold]" in out.getvalue()
    assert "[masked]" in out.getvalue()


def test_the_shell_takes_queries_over_several_lines_and_survives_errors(analyst: Store) -> None:
    out = io.StringIO()
    shell(
        analyst, "csv", out, typed("SELECT", "41 + 1 AS answer;", "nonsense;", "SELECT 7;", "\\q")
    )
    text = out.getvalue()
    assert "answer\n42\n" in text
    assert "Syntax error" in text
    assert text.endswith("7\n7\n")


@pytest.mark.parametrize("column", WITHHELD)
def test_an_analyst_may_not_read_keyed_hashes_of_people(analyst: Store, column: str) -> None:
    table, _, name = column.partition(".")
    for query in (f"SELECT {name} FROM {table}", f"SELECT uniq({name}) FROM {table}"):
        with pytest.raises(Rejected, match="Not enough privileges"):
            analyst.execute(query)


def test_an_analyst_reads_every_other_column_of_every_table_and_view(
    server: ClickHouseProcess, analyst: Store
) -> None:
    with Store(server.url) as writer:
        columns = writer.execute(
            "SELECT table, name FROM system.columns WHERE database = currentDatabase()"
        ).rows
    readable: dict[str, list[str]] = {}
    for table, name in columns:
        if f"{table}.{name}" not in WITHHELD:
            readable.setdefault(table, []).append(f"`{name}`")
    assert len(readable) == 12
    for table, names in readable.items():
        analyst.execute(f"SELECT {', '.join(names)} FROM {table} LIMIT 1")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO pipeline_progress VALUES ('a', 1, 1, 1)",
        "DROP TABLE events",
        "CREATE TABLE mine (n UInt8) ENGINE = Memory",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    ],
)
def test_an_analyst_changes_nothing_and_reads_no_files(analyst: Store, statement: str) -> None:
    with pytest.raises(Rejected):
        analyst.execute(statement)


def test_a_star_over_hashes_says_what_to_do(server: ClickHouseProcess) -> None:
    done = command(server, "sql", "SELECT * FROM events")
    assert done.returncode == 1
    assert "name the columns you need" in done.stderr
    assert "hash-of-a-person" not in done.stdout + done.stderr


def test_the_file_of_grants_withholds_the_same_columns() -> None:
    revoked = re.findall(r"REVOKE SELECT\((.+?)\) ON `\w+`\.(\w+)", "\n".join(grants()))
    columns = [f"{table}.{name}" for names, table in revoked for name in names.split(", ")]
    assert sorted(columns) == sorted(WITHHELD)


def test_the_file_of_grants_is_sql_that_the_engine_understands(server: ClickHouseProcess) -> None:
    with Store(server.url) as store:
        for statement in grants():
            parsed = store.execute("SELECT formatQuery(%(text)s)", {"text": statement}).rows
            assert parsed[0][0].split()[0] == statement.split()[0]


def test_a_server_that_keeps_its_users_itself_is_left_alone(server: ClickHouseProcess) -> None:
    with Store(server.url) as store:
        assert grant_analyst(store, server.analyst) is False


def test_migrate_reports_what_it_did(server: ClickHouseProcess) -> None:
    done = command(server, "migrate")
    assert done.returncode == 0
    assert done.stdout.startswith("The tables are up to date.")


def test_run_takes_a_query_with_or_without_its_semicolon(analyst: Store) -> None:
    for query in ("SELECT 1 AS one", "SELECT 1 AS one;\n"):
        out = io.StringIO()
        run(analyst, query, "csv", out)
        assert out.getvalue() == "one\n1\n"
