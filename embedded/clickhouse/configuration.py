"""The engine's own configuration: what each role is granted, and which limits it cannot lift."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from embedded.clickhouse.users import Role

# An analyst's query is a person waiting; it may not starve the loader and the pages.
ANALYST_SECONDS = 60
ANALYST_MEMORY_BYTES = 1 << 30
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

FROZEN_SETTINGS = (
    # These name files or addresses that a format reads or writes.
    "format_template_row",
    "format_template_resultset",
    "format_schema",
    "format_schema_source",
    "output_format_schema",
    "format_avro_schema_registry_url",
    "input_format_record_errors_file_path",
    "url_base",
    # The guard reads ClickHouse's SQL; another dialect, or SQL in a string, would pass it by.
    "dialect",
    "allow_experimental_eval_table_function",
    # A running query is found, and killed, by this comment.
    "log_comment",
    # The engine would print its log to our standard error.
    "send_logs_level",
)

ANALYST_FROZEN_SETTINGS = (
    # Rewriting f(column) to a subcolumn skips the check of grants on the column.
    "optimize_functions_to_subcolumns",
)


@dataclass(frozen=True, slots=True)
class Withheld:
    """A column that analysts are not granted."""

    table: str
    column: str


def engine_xml(path: Path, database: str, withheld: Iterable[Withheld]) -> str:
    """`path` is where it will stand: the engine reads users only from a file that names itself."""
    return f"""<clickhouse>
<users_config>{escape(str(path))}</users_config>
<max_server_memory_usage_to_ram_ratio>{SHARE_OF_RAM}</max_server_memory_usage_to_ram_ratio>
<quotas><default/></quotas>
<profiles>
<default>{_profile(WRITER_SECONDS, WRITER_MEMORY_BYTES)}{_constraints(FROZEN_SETTINGS)}</default>
<analyst>{_constraints(FROZEN_SETTINGS + ANALYST_FROZEN_SETTINGS, _analyst_ranges())}</analyst>
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


def role_statements(role: Role) -> tuple[str, ...]:
    """What a new connection runs to become that role; the engine itself knows a single user.

    Taking a profile on brings its constraints but not its values, so these are set before.
    """
    if role == "writer":
        return ("SET ROLE writer",)
    return (
        "SET ROLE analyst",
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


def _analyst_ranges() -> dict[str, tuple[int, int]]:
    """Setting -> (least, most); 0 would mean no limit."""
    return {
        "max_execution_time": (1, ANALYST_SECONDS),
        "max_memory_usage": (1, ANALYST_MEMORY_BYTES),
        "max_untracked_memory": (0, UNTRACKED_MEMORY_BYTES),
        "max_temporary_data_on_disk_size_for_query": (1, TEMPORARY_DISK_BYTES),
    }


def _constraints(frozen: Iterable[str], ranges: Mapping[str, tuple[int, int]] | None = None) -> str:
    rules = [f"<{name}><const/></{name}>" for name in frozen]
    rules += [
        f"<{name}><min>{least}</min><max>{most}</max></{name}>"
        for name, (least, most) in (ranges or {}).items()
    ]
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
