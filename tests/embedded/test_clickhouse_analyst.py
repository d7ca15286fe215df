"""An analyst reads one database within limits, and nothing else, by any road we know."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clickhouse_driver.errors import ErrorCodes, ServerException

from embedded.clickhouse.configuration import OPEN_TEXT_SETTINGS
from embedded.clickhouse.failures import Code
from tests.embedded.clickhouse_process import ClickHouseProcess, running

WITHHELD = ("--withhold", "events.visitor", "--withhold", "events.networks")
SECRET = "the secret of this machine"
DENIED = {
    Code.READONLY,
    Code.ACCESS_DENIED,
    Code.SYNTAX_ERROR,
    Code.SUPPORT_IS_DISABLED,
    ErrorCodes.UNKNOWN_TABLE,
    ErrorCodes.UNKNOWN_FUNCTION,
    452,  # SETTING_CONSTRAINT_VIOLATION
    514,  # ACCESS_STORAGE_FOR_INSERTION_NOT_FOUND
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseProcess]:
    with running(tmp_path_factory.mktemp("analyst"), *WITHHELD) as process:
        with process.client() as writer:
            writer.execute(
                "CREATE TABLE events (id UInt64, visitor String, networks Array(String))"
                " ENGINE = MergeTree ORDER BY id"
            )
            writer.execute("INSERT INTO events VALUES", [(1, "hash", ["hash", "hash"])])
            writer.execute("CREATE DATABASE other")
            writer.execute("CREATE TABLE other.books (n Int64) ENGINE = MergeTree ORDER BY n")
        yield process


@pytest.fixture
def analyst(server: ClickHouseProcess) -> Iterator[Any]:
    with server.client("analyst") as connected:
        yield connected


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("machine") / "secret.csv"
    path.write_text(SECRET)
    return path


def test_an_analyst_reads_the_own_database(analyst: Any) -> None:
    assert analyst.execute("SELECT id FROM events") == [(1,)]
    assert analyst.execute("SELECT count() FROM counterfoil.events") == [(1,)]


@pytest.mark.parametrize(
    "sql",
    [
        "SHOW TABLES",
        "SHOW DATABASES",
        "SHOW CREATE TABLE events",
        "DESCRIBE TABLE events",
        "EXISTS TABLE events",
        "EXPLAIN SELECT id FROM events",
        "SELECT name, type, comment FROM system.columns WHERE table = 'events'",
        "SELECT table_name FROM information_schema.tables",
        "USE counterfoil",
        "SET max_threads = 1",
        "SELECT sum(number) FROM numbers(10)",
        "WITH 2 AS two SELECT two, 'file(', `id` FROM events -- into outfile",
    ],
)
def test_what_an_analyst_needs_is_open(analyst: Any, sql: str) -> None:
    analyst.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT file('{secret}')",
        "SELECT `file`('{secret}')",
        "SELECT \"file\"('{secret}')",
        "SELECT `fi\\x6ce`('{secret}')",
        "SELECT /* */ file/**/(/**/'{secret}') -- x",
        "SELECT arrayMap(file, ['{secret}'])",
        "SELECT arrayMap(path -> file(path), ['{secret}'])",
        "SELECT * APPLY(file) FROM (SELECT '{secret}' AS path)",
        "SELECT * APPLY file FROM (SELECT '{secret}' AS path)",
        "SELECT * APPLY(`fi\\x6ce`) FROM (SELECT '{secret}' AS path)",
        "EXPLAIN SELECT file('{secret}')",
        "DESCRIBE TABLE (SELECT file('{secret}'))",
        "SELECT * FROM file('{secret}')",
        "SELECT * FROM file('{secret}', 'CSV', 'line String')",
        "SELECT * FROM filesystem('{secret}')",
        "SELECT * FROM default.`{secret}`",
        "SELECT * FROM `{secret}`",
        "SELECT * FROM '{secret}'",
        "SELECT * FROM sqlite('{secret}', 'x')",
        "SELECT * FROM executable('cat', 'TSV', 'line String')",
        "SELECT * FROM python('users')",
        "SELECT * FROM Python(self)",
        "SELECT * FROM deltaLakeLocal('{secret}')",
        "SELECT * FROM icebergLocal('{secret}')",
        "SELECT * FROM eval('SELECT file(\\'{secret}\\')')",
        "SELECT * FROM eval('SELECT 1') SETTINGS allow_experimental_eval_table_function = 1",
        "SELECT 1 SETTINGS format_template_row = '{secret}'",
        "SELECT 1 SETTINGS format_schema = '{secret}'",
        "SET format_template_row = '{secret}'",
        "SELECT 1 SETTINGS select = 'file(\\'{secret}\\')'",
        "SELECT 1 SETTINGS filter = 'throwIf(1, file(\\'{secret}\\'))'",
        "SELECT 1 SETTINGS order = 'file(\\'{secret}\\')'",
        "SELECT 1 SETTINGS additional_result_filter = 'file(\\'{secret}\\') = 1'",
        "SELECT 1 SETTINGS additional_table_filters = "
        "{'system.one': 'throwIf(1, file(\\'{secret}\\'))'}",
        "INSERT INTO events FROM INFILE '{secret}' FORMAT CSV",
        "CREATE TEMPORARY TABLE t (line String) ENGINE = File(CSV, '{secret}')",
        "SELECT * FROM url('file://{secret}', 'CSV', 'line String')",
    ],
)
def test_no_file_is_read(analyst: Any, secret: Path, sql: str) -> None:
    refusal = refused(analyst, sql.replace("{secret}", str(secret)))
    assert refusal.code in DENIED
    assert SECRET not in str(refusal)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 INTO OUTFILE '{target}'",
        "SELECT 1 INTO/**/OUTFILE '{target}' FORMAT CSV",
        "SELECT 1 INTO -- x\nOUTFILE '{target}' APPEND",
        "INSERT INTO FUNCTION file('{target}', 'CSV', 'a Int8') VALUES (1)",
        "INSERT INTO FUNCTION file('{target}', 'CSV', 'a Int8') SELECT 1",
        "SELECT 1 FORMAT Protobuf SETTINGS output_format_schema = '{target}'",
        "BACKUP DATABASE counterfoil TO File('{target}')",
    ],
)
def test_no_file_is_written(analyst: Any, tmp_path: Path, sql: str) -> None:
    target = tmp_path / "target"
    assert refused(analyst, sql.replace("{target}", str(target))).code in DENIED
    assert not target.exists()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a Int8')",
        "SELECT * FROM s3('http://127.0.0.1:1/bucket/key', 'CSV', 'a Int8')",
        "SELECT * FROM remote('127.0.0.1:1', system.one)",
        "SELECT * FROM postgresql('127.0.0.1:1', 'd', 't', 'u', 'p')",
        "SELECT * FROM mysql('127.0.0.1:1', 'd', 't', 'u', 'p')",
        "SELECT * FROM mongodb('mongodb://127.0.0.1:1/d', 'c', 'a Int8')",
        "SELECT * FROM redis('127.0.0.1:1', 'a', 'a Int8')",
        "SELECT * FROM iceberg('http://127.0.0.1:1/bucket/key')",
        "SET url_base = 'http://127.0.0.1:1/'",
    ],
)
def test_no_address_is_called(analyst: Any, sql: str) -> None:
    assert refused(analyst, sql).code in DENIED


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO events VALUES (2, '', [])",
        "INSERT INTO events VALUES",
        "/* */ INSERT INTO events SELECT 2, '', []",
        "WITH 2 AS n INSERT INTO events SELECT n, '', []",
        "CREATE TABLE mine (a Int8) ENGINE = Memory",
        "CREATE VIEW mine AS SELECT 1",
        "CREATE FUNCTION mine AS x -> x",
        "CREATE USER mine",
        "DROP TABLE events",
        "TRUNCATE TABLE events",
        "ALTER TABLE events DELETE WHERE 1",
        "DELETE FROM events WHERE 1",
        "OPTIMIZE TABLE events FINAL",
        "KILL QUERY WHERE 1",
        "SYSTEM FLUSH LOGS",
        "SYSTEM SHUTDOWN",
        "GRANT writer TO default",
    ],
)
def test_nothing_is_changed(server: ClickHouseProcess, analyst: Any, sql: str) -> None:
    assert refused(analyst, sql).code in DENIED
    with server.client() as writer:
        assert writer.execute("SELECT count() FROM events") == [(1,)]


@pytest.mark.parametrize(
    "sql",
    [
        "SET ROLE writer",
        "sEt/**/ROLE ALL",
        "SET ROLE DEFAULT",
        "SET DEFAULT ROLE writer TO default",
        "EXECUTE AS default SELECT 1",
        "SET readonly = 0",
        "SET readonly = 1",
        "SET max_threads = 1, readonly = 0",
        "SELECT 1 SETTINGS readonly = 0",
        "SET profile = 'default'",
        "SELECT 1 SETTINGS profile = 'default'",
        "SET dialect = 'prql'",
        "SET log_comment = 'unfindable'",
        "SET send_logs_level = 'trace'",
    ],
)
def test_the_role_and_its_readonly_stay(analyst: Any, sql: str) -> None:
    assert refused(analyst, sql).code in DENIED
    assert analyst.execute("SELECT currentRoles(), getSetting('readonly')") == [(["analyst"], 2)]


def test_settings_sent_along_cannot_lift_readonly(analyst: Any) -> None:
    for name, value in (("readonly", 0), ("max_execution_time", 0), ("dialect", "prql")):
        with pytest.raises(ServerException) as refusal:
            analyst.execute("SELECT 1", settings={name: value})
        assert refusal.value.code in DENIED


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("max_execution_time", 3600),
        ("max_execution_time", 0),
        ("max_threads", 1000),
        ("max_memory_usage", 1 << 40),
        ("max_memory_usage", 0),
        ("max_untracked_memory", 1 << 40),
        ("max_temporary_data_on_disk_size_for_query", 0),
        ("max_temporary_data_on_disk_size_for_query", 1 << 50),
    ],
)
def test_limits_can_be_lowered_only(analyst: Any, name: str, more: int) -> None:
    for sql in (f"SET {name} = {more}", f"SELECT 1 SETTINGS {name} = {more}"):
        assert refused(analyst, sql).code == 452
    analyst.execute(f"SET {name} = 1000" if "memory" in name else f"SET {name} = 5")


def test_lower_limits_come_and_go_with_a_query(analyst: Any) -> None:
    lower = {
        "max_execution_time": 5,
        "max_memory_usage": 100_000_000,
        "max_threads": 1,
        "max_untracked_memory": 1,
        "max_temporary_data_on_disk_size_for_query": 1,
    }
    asked = f"SELECT value FROM system.settings WHERE name IN {tuple(lower)} ORDER BY name"
    before = analyst.execute(asked)
    during = analyst.execute(asked, settings=lower)
    assert during == [(str(lower[name]),) for name in sorted(lower)]
    assert analyst.execute(asked) == before


def test_settings_of_free_text_are_closed_unless_they_are_only_text(analyst: Any) -> None:
    """Whatever the engine calls a text could hold a file's name or SQL; a later engine has more."""
    sql = "SELECT name, readonly FROM system.settings WHERE type IN ('String', 'Map', 'URI')"
    names = analyst.execute(f"{sql} AND name NOT IN %(open)s", {"open": [*OPEN_TEXT_SETTINGS]})
    assert len(names) > 50
    assert [name for name, readonly in names if not readonly] == []


def test_limits_hold(analyst: Any) -> None:
    asked = "SELECT getSetting('max_execution_time'), getSetting('max_memory_usage')"
    assert analyst.execute(asked) == [(60, 1 << 30)]
    hungry = "SELECT groupArray(number) FROM numbers(200000000)"
    assert refused(analyst, hungry).code == 241
    slow = "SELECT sum(sleepEachRow(0.01)) FROM numbers(60000) SETTINGS max_block_size = 1"
    assert refused(analyst, f"{slow}, max_execution_time = 1").code == ErrorCodes.TIMEOUT_EXCEEDED


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1; DROP TABLE events",
        "SELECT 1;SET ROLE writer",
        "SELECT 1 -- ; \n; SELECT 2",
        "SELECT 1 PARALLEL WITH DROP TABLE events",
        "SELECT 1 /* unclosed",
        "SELECT 'unclosed",
    ],
)
def test_one_statement_at_a_time(analyst: Any, sql: str) -> None:
    assert refused(analyst, sql).code in DENIED


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT query FROM system.processes",
        "SELECT query FROM system . `processes`",
        "SELECT * FROM merge('system', 'processes')",
        "SELECT * FROM merge(REGEXP('system'), 'processes')",
        "SELECT * FROM view(SELECT query FROM system.processes)",
        "SELECT (SELECT any(query) FROM system.processes)",
        "SELECT 1 WHERE 'x' IN (SELECT query FROM system.processes)",
        "SELECT * FROM loop('system', 'processes')",
        "SHOW PROCESSLIST",
        "SELECT query FROM processes SETTINGS database = 'system'",
        "SELECT query SETTINGS implicit_table_at_top_level = 'system.processes'",
        "SELECT * FROM system.errors",
        "SELECT * FROM system.disks",
        "SELECT * FROM system.parts",
        "SELECT * FROM system.server_settings",
        "SELECT * FROM system.stack_trace",
        "USE system",
        "USE default",
        "SELECT * FROM other.books",
        "SELECT * FROM merge('other', 'books')",
        "SHOW CREATE TABLE other.books",
        "SHOW USERS",
    ],
)
def test_other_databases_and_others_queries_are_closed(analyst: Any, sql: str) -> None:
    assert refused(analyst, sql).code in DENIED


def test_another_database_cannot_be_signed_into(server: ClickHouseProcess) -> None:
    for database in ("system", "other", "default"):
        with server.client("analyst", database=database) as analyst:
            assert refused(analyst, "SELECT 1").code in DENIED


def test_other_databases_are_not_listed(analyst: Any) -> None:
    assert analyst.execute("SHOW DATABASES") == [("counterfoil",)]
    assert analyst.execute("SELECT DISTINCT database FROM system.tables") == [("counterfoil",)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT visitor FROM events",
        "SELECT * FROM events",
        "SELECT e.visitor FROM events AS e",
        "SELECT COLUMNS('visit') FROM events",
        "SELECT id FROM events WHERE visitor = 'hash'",
        "SELECT id FROM events ORDER BY visitor",
        "SELECT uniq(visitor) FROM events",
        "SELECT id IN (SELECT visitor FROM events) FROM events",
        "SELECT visitor.size, id FROM events",
        "SELECT `visitor.size`, id FROM events",
        "SELECT networks.size0, id FROM events",
        "SELECT id, length(networks) FROM events",
        "SELECT id FROM events WHERE has(networks, 'hash')",
        "SELECT id FROM events WHERE notEmpty(networks)",
        "SELECT id FROM events ARRAY JOIN networks AS network",
        "SELECT id, visitor != '' FROM events",
        "SELECT id, empty(visitor) FROM events SETTINGS optimize_functions_to_subcolumns = 1",
        "SELECT * FROM merge('counterfoil', 'events')",
        "SELECT * FROM mergeTreeIndex(counterfoil, events, with_minmax = true)",
        "SELECT visitor FROM (SELECT * FROM events)",
        "DESCRIBE TABLE (SELECT visitor FROM events)",
        "EXPLAIN SELECT visitor FROM events",
    ],
)
def test_withheld_columns_are_not_granted(analyst: Any, sql: str) -> None:
    assert refused(analyst, sql).code in DENIED


def test_all_but_the_withheld_columns_are_read(analyst: Any) -> None:
    assert analyst.execute("SELECT * EXCEPT (visitor, networks) FROM events") == [(1,)]


@pytest.mark.parametrize(
    ("sql", "argument"),
    [
        ("SELECT arrayMap({f:Identifier}, ['/etc/passwd'])", "param_f=file"),
        ("SELECT * FROM {t:Identifier}.{u:Identifier}", "param_t=system&param_u=processes"),
        ("SELECT 1", "readonly=0"),
        ("SELECT 1", "database=system"),
        ("SELECT 1 FORMAT Template", "format_template_row=/etc/passwd"),
        ("SELECT 1 FORMAT Template SETTINGS format_template_row = '/etc/passwd'", ""),
        ("INSERT INTO events FORMAT CSV\n2,x,[]", ""),
        ("SET ROLE writer", ""),
    ],
)
def test_http_opens_no_other_road(server: ClickHouseProcess, sql: str, argument: str) -> None:
    status, body = server.curl("--data", sql, role="analyst", path=f"/?{argument}")
    assert status != 200
    assert int(body.removeprefix("Code: ").split(".")[0]) in DENIED
    assert "root:" not in body


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT file('{secret}')",
        "SELECT * FROM file('{secret}', 'CSV', 'line String')",
        "SELECT * FROM Python(self)",
        "SELECT 1 INTO/**/OUTFILE '{secret}.copy'",
        "INSERT INTO events FROM INFILE '{secret}' FORMAT CSV",
        "INSERT INTO FUNCTION file('{secret}.copy', 'CSV', 'a Int8') VALUES (1)",
        "CREATE TABLE t (line String) ENGINE = File(CSV, '{secret}')",
        "CREATE TABLE t (a Int8) ENGINE = MergeTree ORDER BY a SETTINGS disk = disk(name = 'x', "
        "type = object_storage, object_storage_type = local, metadata_type = plain, "
        "path = '{secret}.copy')",
        "CREATE TABLE t (a Int8) ENGINE = Executable('ls', TSV)",
        "CREATE DATABASE d ENGINE = Filesystem('/')",
        "CREATE DICTIONARY d (a UInt64) PRIMARY KEY a LAYOUT(FLAT()) LIFETIME(0)"
        " SOURCE(FILE(path '{secret}' format 'TSV'))",
        "CREATE TABLE t (a Int8) ENGINE = URL('http://127.0.0.1:1/', CSV)",
        "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a Int8')",
        "SELECT 1 SETTINGS format_template_row = '{secret}'",
        "SELECT 1 SETTINGS select = 'file(\\'{secret}\\')'",
        "SYSTEM SHUTDOWN",
        "BACKUP DATABASE counterfoil TO File('{secret}.copy')",
    ],
)
def test_a_writer_has_no_files_and_addresses_either(
    server: ClickHouseProcess, secret: Path, sql: str
) -> None:
    with server.client() as writer:
        refusal = refused(writer, sql.replace("{secret}", str(secret)))
    assert refusal.code in DENIED
    assert SECRET not in str(refusal)
    assert [path.name for path in secret.parent.iterdir()] == [secret.name]


def refused(client: Any, sql: str) -> ServerException:
    with pytest.raises(ServerException) as refusal:
        client.execute(sql)
    return refusal.value
