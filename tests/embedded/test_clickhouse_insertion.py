"""Reading the head of an INSERT, and only that."""

import pytest

from embedded.clickhouse.insertion import insertion_of


@pytest.mark.parametrize(
    ("statement", "table", "columns", "row_format"),
    [
        ("INSERT INTO events VALUES", "events", "", "Values"),
        ("insert into events (id, `order`) values", "events", "(id, `order`)", "Values"),
        ("INSERT INTO cf.events (id)VALUES", "cf.events", "(id)", "Values"),
        ("INSERT INTO `a b`.`c` FORMAT CSV\n", "`a b`.`c`", "", "CSV"),
        ("INSERT INTO TABLE t (* EXCEPT(x)) FORMAT TSV", "t", "(* EXCEPT(x))", "TSV"),
        ("-- why\n/* ** */ INSERT INTO t FORMAT JSONEachRow {}", "t", "", "JSONEachRow"),
    ],
)
def test_table_columns_and_format_are_read(
    statement: str, table: str, columns: str, row_format: str
) -> None:
    found = insertion_of(statement.encode())
    assert found is not None
    assert (found.table, found.columns.strip(), found.format) == (table, columns, row_format)


def test_settings_stay_with_the_statement() -> None:
    found = insertion_of(b"INSERT INTO t SETTINGS a = 1, b = 'x' FORMAT CSV\n1")
    assert found is not None
    assert found.settings == "SETTINGS a = 1, b = 'x'"


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        (b"INSERT INTO t VALUES (1, 'a')", b" (1, 'a')"),
        (b"INSERT INTO t FORMAT CSV\n1,2\n", b"1,2\n"),
        (b"INSERT INTO t FORMAT TSV\r\n\t\n", b"\t\n"),
        (b"INSERT INTO t FORMAT CSV;\n1", b"1"),
    ],
)
def test_rows_begin_after_the_head(statement: bytes, rows: bytes) -> None:
    found = insertion_of(statement)
    assert found is not None
    assert statement[found.head_bytes :].lstrip(b" ") == rows.lstrip(b" ")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t SELECT 1",
        "INSERT INTO t FROM INFILE '/etc/passwd' FORMAT CSV",
        "INSERT INTO t SETTINGS a = 1; DROP TABLE t; -- FORMAT CSV",
        "INSERT INTO FUNCTION file('/tmp/x') VALUES",
        "SELECT 'INSERT INTO t VALUES'",
        "",
    ],
)
def test_anything_else_is_no_insertion(statement: str) -> None:
    assert insertion_of(statement.encode()) is None


@pytest.mark.parametrize(
    "statement",
    ["INSERT INTO t (" + "a" * 50_000, "/**/" * 20_000, "INSERT INTO t (" + "``" * 9_999],
)
def test_a_long_nonsense_is_rejected_at_once(statement: str) -> None:
    """A backtracking pattern would take longer than the universe has."""
    assert insertion_of(statement.encode()) is None
