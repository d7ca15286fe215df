"""The engine's own configuration: what each role is granted, and which limits it cannot lift."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from embedded.clickhouse.users import Role

# An analyst's query is a person waiting; it may not starve the loader and the pages.
ANALYST_SECONDS = 60
ANALYST_MEMORY_BYTES = 1 << 30
ANALYST_THREADS = 16
# A close reads a day's conversions at once; an error at 4 GiB is better than a killed process.
WRITER_SECONDS = 300
WRITER_MEMORY_BYTES = 4 << 30
TEMPORARY_DISK_BYTES = 10 << 30  # sorting and grouping may spill, but not fill the disk
UNTRACKED_MEMORY_BYTES = 4 << 20  # the engine's default; more would pass the memory limit by
SHARE_OF_RAM = 0.5  # all queries together; the rest of the stack stands on the same machine

ENGINES = (
    "MergeTree",
    "ReplacingMergeTree",
    "SummingMergeTree",
    "AggregatingMergeTree",
    "View",
    "MaterializedView",
    "Memory",
    "Null",
)
"""None of these reads files, addresses or other servers."""

WRITER_GRANTS = (
    "SHOW, SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP DATABASE,"
    " DROP TABLE, DROP VIEW, TRUNCATE, OPTIMIZE, KILL QUERY"
)

OPEN_TEXT_SETTINGS = frozenset(
    {
        "bool_false_representation",
        "bool_true_representation",
        "count_distinct_implementation",
        "database",
        "force_data_skipping_indices",
        "format_csv_null_representation",
        "format_tsv_null_representation",
        "insert_deduplication_token",
    }
)
"""Settings of free text that are only text, and the one that is USE. Any other, also one of a
later engine, may hold a file, an address, or SQL unseen by the guard: it stays as it is."""

CLOSED_GATES = (
    # The guard reads ClickHouse's SQL; another dialect, or SQL in a string, would pass it by.
    "dialect",
    "allow_experimental_eval_table_function",
    # The engine would print its log to our standard error.
    "send_logs_level",
)

ANALYST_FROZEN_SETTINGS = (
    # Within a query, names would be looked for in another database.
    "database",
    # Rewriting f(column) to a subcolumn skips the check of grants on the column.
    "optimize_functions_to_subcolumns",
)


@dataclass(frozen=True, slots=True)
class Withheld:
    """A column that analysts are not granted."""

    table: str
    column: str


def engine_xml(
    path: Path, database: str, withheld: Iterable[Withheld], text_settings: Iterable[str]
) -> str:
    """The configuration that will stand at `path`: it must name itself, to be read for users.

    `text_settings` are the engine's settings of free text.
    """
    frozen = (*CLOSED_GATES, *sorted(set(text_settings) - OPEN_TEXT_SETTINGS))
    return f"""<clickhouse>
<users_config>{escape(str(path))}</users_config>
<max_server_memory_usage_to_ram_ratio>{SHARE_OF_RAM}</max_server_memory_usage_to_ram_ratio>
<quotas><default/></quotas>
<profiles>
<default>{_profile(WRITER_SECONDS, WRITER_MEMORY_BYTES)}{_constraints(frozen)}</default>
<analyst>{_constraints(frozen + ANALYST_FROZEN_SETTINGS, _analyst_ranges())}</analyst>
</profiles>
<roles>
<writer><grants>{_writer_grants()}</grants></writer>
<analyst><grants>{_analyst_grants(database, withheld)}</grants></analyst>
</roles>
<users><default>
<password></password><networks><ip>::/0</ip></networks>
<profile>default</profile><quota>default</quota>
<grants><query>GRANT writer</query><query>GRANT analyst</query></grants>
</default></users>
</clickhouse>
"""


def opening_statements(role: Role, database: str) -> tuple[str, ...]:
    """What a new connection runs to become that role; the engine itself knows a single user.

    Taking a profile on brings its constraints but not its values, so all values are set before.
    """
    signed_in = (f"SET ROLE {role}", f"USE `{database.replace('`', '')}`")
    if role == "writer":
        return signed_in
    return (
        *signed_in,
        f"SET max_execution_time = {ANALYST_SECONDS}, max_memory_usage = {ANALYST_MEMORY_BYTES},"
        " optimize_functions_to_subcolumns = 0",
        "SET profile = 'analyst'",
        "SET readonly = 2",
    )


def _profile(seconds: int, memory_bytes: int) -> str:
    """async_insert would acknowledge what is not stored; implicit_select makes queries of typos."""
    return (
        f"<async_insert>0</async_insert><implicit_select>0</implicit_select>"
        f"<max_execution_time>{seconds}</max_execution_time>"
        f"<max_memory_usage>{memory_bytes}</max_memory_usage>"
        f"<max_temporary_data_on_disk_size_for_query>{TEMPORARY_DISK_BYTES}"
        f"</max_temporary_data_on_disk_size_for_query>"
    )


def _analyst_ranges() -> dict[str, tuple[int | None, int]]:
    """Setting -> (least, most). Where there is a least, 0 would mean no limit."""
    return {
        "max_threads": (None, ANALYST_THREADS),
        "max_execution_time": (1, ANALYST_SECONDS),
        "max_memory_usage": (1, ANALYST_MEMORY_BYTES),
        "max_untracked_memory": (None, UNTRACKED_MEMORY_BYTES),
        "max_temporary_data_on_disk_size_for_query": (1, TEMPORARY_DISK_BYTES),
    }


def _constraints(
    frozen: Iterable[str], ranges: Mapping[str, tuple[int | None, int]] | None = None
) -> str:
    rules = [f"<{name}><const/></{name}>" for name in frozen]
    for name, (least, most) in (ranges or {}).items():
        minimum = "" if least is None else f"<min>{least}</min>"
        rules.append(f"<{name}>{minimum}<max>{most}</max></{name}>")
    return f"<constraints>{''.join(rules)}</constraints>"


def _writer_grants() -> str:
    engines = "".join(f"<query>GRANT TABLE ENGINE ON {engine}</query>" for engine in ENGINES)
    return f"<query>GRANT {WRITER_GRANTS} ON *.*</query>{engines}"


def _analyst_grants(database: str, withheld: Iterable[Withheld]) -> str:
    revoked = "".join(
        f"<query>REVOKE SELECT(`{hidden.column}`) ON `{database}`.`{hidden.table}`</query>"
        for hidden in withheld
    )
    return f"<query>GRANT SHOW, SELECT ON `{database}`.*</query>{revoked}"
