"""What a statement may not name, read from the engine's own formatting of it."""

import pytest

from embedded.clickhouse.guard import (
    Confines,
    needs_formatting,
    objection_to_analyst,
    objection_to_machine,
    only_reads,
)

CONFINES = Confines("counterfoil", frozenset({"url", "eval", "merge"}), frozenset({"visitor"}))


@pytest.mark.parametrize(
    "formatted",
    [
        "SELECT file('/etc/passwd')",
        "SELECT `file`('/etc/passwd')",
        "SELECT arrayMap(file, ['/etc/passwd'])",
        "SELECT * APPLY file\nFROM events",
        "SELECT *\nFROM Python(self)",
        "SELECT arrayMap({f:Identifier}, ['/etc/passwd'])",
        "SELECT 1\nINTO OUTFILE '/tmp/x'",
        "INSERT INTO events FROM INFILE '/etc/passwd'\nFORMAT CSV",
    ],
)
def test_the_machine_is_closed_to_everyone(formatted: str) -> None:
    assert objection_to_machine(formatted)


@pytest.mark.parametrize(
    "formatted",
    [
        "SELECT 'file(''/etc/passwd'')'",
        "SELECT 'it\\'s INTO OUTFILE'",
        "SELECT profile, files\nFROM events",
        "SELECT `INTO OUTFILE`\nFROM events",
    ],
)
def test_words_in_literals_and_longer_names_are_open(formatted: str) -> None:
    assert objection_to_machine(formatted) is None


def test_most_statements_could_not_name_the_machine() -> None:
    assert not needs_formatting("SELECT count() FROM conversions FINAL WHERE day = '2026-03-01'")
    assert needs_formatting("SELECT FILE('/etc/passwd')")
    assert needs_formatting("SELECT arrayMap({f:Identifier}, ['/etc/passwd'])")
    assert needs_formatting("SELECT `fi\\x6ce`('/etc/passwd')")


@pytest.mark.parametrize(
    "formatted", ["SET max_threads = 2", "SET param_day = '2026-03-01'", "USE counterfoil\n"]
)
def test_an_analyst_sets_up_the_own_session(formatted: str) -> None:
    assert only_reads(formatted, "counterfoil", reads=False)


@pytest.mark.parametrize(
    "formatted",
    ["SET ROLE writer", "SET ROLE ALL", "SET DEFAULT ROLE writer TO default", "USE system"],
)
def test_an_analyst_changes_neither_role_nor_database(formatted: str) -> None:
    assert not only_reads(formatted, "counterfoil", reads=False)


@pytest.mark.parametrize(
    "formatted",
    [
        "SELECT *\nFROM url('http://localhost/')",
        "SELECT *\nFROM eval('SELECT 1')",
        "SELECT *\nFROM Merge('system', 'processes')",
        "SELECT query\nFROM system.processes",
        "SELECT query\nFROM system.`processes`",
        "SHOW PROCESSLIST",
        "SELECT visitor.size\nFROM events",
        "SELECT events.visitor.size\nFROM events",
        "SELECT `visitor.size`\nFROM events",
    ],
)
def test_closed_names_are_refused(formatted: str) -> None:
    assert objection_to_analyst(formatted, CONFINES)


@pytest.mark.parametrize(
    "formatted",
    [
        "SELECT url, merge\nFROM events",
        "SELECT *\nFROM system.columns",
        "SELECT * EXCEPT visitor\nFROM events",
        "SELECT {day:Date}",
        "SELECT 'system.processes'",
        "SELECT number\nFROM numbers(10)",
        "SHOW TABLES",
    ],
)
def test_ordinary_reading_is_open(formatted: str) -> None:
    assert objection_to_analyst(formatted, CONFINES) is None
