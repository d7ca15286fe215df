"""`python -m embedded.clickhouse`: the server as a process in the foreground."""

import sys
from pathlib import Path

import click
import structlog

from embedded.clickhouse.configuration import Withheld
from embedded.clickhouse.server import GRACE_SECONDS, serve
from embedded.errors import StackError


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Data directory.")
@click.option(
    "--users", type=click.Path(path_type=Path), required=True, help="Users file, mode 0600."
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, required=True, help="Native protocol; 0 takes a free port.")
@click.option("--http-port", type=int, required=True, help="HTTP; 0 takes a free port.")
@click.option("--database", default="counterfoil", show_default=True)
@click.option(
    "--withhold", multiple=True, metavar="TABLE.COLUMN", help="A column not granted to analysts."
)
@click.option(
    "--grace", type=float, default=GRACE_SECONDS, show_default=True, help="Seconds at stop."
)
def main(
    data: Path,
    users: Path,
    host: str,
    port: int,
    http_port: int,
    database: str,
    withhold: tuple[str, ...],
    grace: float,
) -> None:
    """A small ClickHouse server for one machine."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    try:
        serve(
            data,
            users,
            host=host,
            port=port,
            http_port=http_port,
            database=database,
            withheld=[_withheld(name) for name in withhold],
            grace_seconds=grace,
        )
    except StackError as error:
        raise click.ClickException(str(error)) from error


def _withheld(name: str) -> Withheld:
    table, _, column = name.partition(".")
    if not table or not column:
        raise click.BadParameter(f"{name!r} should read TABLE.COLUMN", param_hint="--withhold")
    return Withheld(table, column)


if __name__ == "__main__":
    main()
