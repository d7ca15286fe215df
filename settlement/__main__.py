"""`python -m settlement migrate | plan | apply | transfers | explain | check | summary`."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

import click
import structlog
from sqlalchemy.exc import OperationalError, ProgrammingError

from settlement import showing
from settlement.applying import PlanDiffers
from settlement.books import Books
from settlement.explaining import explain as explain_object
from settlement.ledger.schema import migrate as migrate_schema
from settlement.recount import everything_tracked_is_stated
from settlement.schedule import Asked, EarlierDaysOpen
from settlement.settings import Name, Settings, SettingsError
from settlement.settling import DaysInProgress, PlanOutOfDate, PlanUnknown, Settled
from settlement.summary import summary as summary_of
from settlement.turns import Busy
from settlement.watermark import WatermarkBehind
from settlement.wiring import Settlement, books_of, settlement_of
from warehouse.store import Store, StoreError

_WAIT_SECONDS: Final = 60.0
_EXPECTED: Final = (
    Busy,
    DaysInProgress,
    EarlierDaysOpen,
    PlanDiffers,
    PlanOutOfDate,
    PlanUnknown,
    StoreError,
    WatermarkBehind,
)

_day = click.option("--day", "day", type=click.DateTime(["%Y-%m-%d"]), help="Close this day.")
_through = click.option(
    "--through", type=click.DateTime(["%Y-%m-%d"]), help="Close all open days up to this one."
)
_advertiser = click.option("--advertiser", metavar="ID", help="Only this advertiser's days.")
_wait = click.option(
    "--wait",
    "wait_seconds",
    type=click.FloatRange(0),
    default=_WAIT_SECONDS,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait until everything received before now is decided and loaded.",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group(help="Moves money: closes days, charges advertisers, and pays partners.")
def settlement() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


@settlement.command(help="Bring the tables to this program's version; repeating changes nothing.")
def migrate() -> None:
    with _told(), books_of(_settings("postgres")) as engine:
        migrate_schema(engine)
    click.echo("The tables are up to date.")


@settlement.command(help="Show what an apply would close and charge, and keep it under its hash.")
@_day
@_through
@_advertiser
@_wait
@_json
def plan(
    day: datetime | None,
    through: datetime | None,
    advertiser: str | None,
    wait_seconds: float,
    as_json: bool,  # noqa: FBT001
) -> None:
    asked = _asked(day, through, advertiser)
    with _settlement(wait_seconds) as parts:
        made = parts.settling.plan(asked)
    if as_json:
        click.echo(json.dumps(showing.plan_shown(made)))
    else:
        click.echo("\n".join(showing.plan_told(made)))


@settlement.command(help="Finish what was begun; then close, charge and pay, or apply a kept plan.")
@_day
@_through
@_advertiser
@click.option("--plan", "plan_hash", metavar="HASH", help="Apply this plan and nothing else.")
@_wait
@_json
def apply(
    day: datetime | None,
    through: datetime | None,
    advertiser: str | None,
    plan_hash: str | None,
    wait_seconds: float,
    as_json: bool,  # noqa: FBT001
) -> None:
    asked = None if plan_hash and not (day or through) else _asked(day, through, advertiser)
    with _settlement(wait_seconds) as parts:
        if plan_hash:
            settled = parts.settling.apply_plan(plan_hash)
        else:
            assert asked is not None, "without a plan a day is asked for"
            settled = parts.settling.apply(asked)
        _report(settled, parts, as_json=as_json)


@settlement.command(help="Finish what was begun, and send the transfers that are due.")
@_json
def transfers(as_json: bool) -> None:  # noqa: FBT001
    with _settlement(_WAIT_SECONDS) as parts:
        _report(parts.settling.resume(), parts, as_json=as_json)


@settlement.command(help="Walk from any id (conversion, order, line, charge, …) to Kafka and back.")
@click.argument("object_id", metavar="ID")
@_json
def explain(object_id: str, as_json: bool) -> None:  # noqa: FBT001
    settings = _settings("postgres", "clickhouse")
    with _told(), books_of(settings) as engine, Store(settings.clickhouse) as store:
        explanation = explain_object(engine, store, object_id)
    if as_json:
        click.echo(json.dumps(explanation.shown(), default=str))
    else:
        click.echo("\n".join(explanation.told()))
    if not explanation.found:
        sys.exit(1)


@settlement.command(help="Recount every invariant of the books; exit code 1 when one is broken.")
@_json
def check(as_json: bool) -> None:  # noqa: FBT001
    settings = _settings("postgres", "clickhouse")
    with _told(), books_of(settings) as engine, Store(settings.clickhouse) as store:
        invariants = [*Books(engine).check(), everything_tracked_is_stated(engine, store)]
    if as_json:
        shown = {each.name: {"holds": each.holds, **each.figures} for each in invariants}
        click.echo(json.dumps(shown))
    else:
        for each in invariants:
            click.echo(f"{'holds ' if each.holds else 'BROKEN'}  {each.name}  {each.figures}")
    if not all(each.holds for each in invariants):
        sys.exit(1)


@settlement.command(help="Show every agreement's month, the money and the invariants as JSON.")
@_json
def summary(as_json: bool) -> None:  # noqa: FBT001
    settings = _settings("postgres", "clickhouse")
    with _told(), books_of(settings) as engine, Store(settings.clickhouse) as store:
        shown = summary_of(engine, store)
    click.echo(json.dumps(shown, indent=None if as_json else 2))


def _asked(day: datetime | None, through: datetime | None, advertiser: str | None) -> Asked:
    if (day is None) == (through is None):
        raise click.UsageError("Give --day YYYY-MM-DD or --through YYYY-MM-DD.")
    chosen = day or through
    assert chosen is not None, "one of the two is given"
    return Asked(chosen.date(), through=through is not None, advertiser_id=advertiser)


def _report(settled: Settled, parts: Settlement, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(showing.settled_shown(settled, parts.statements)))
    else:
        click.echo("\n".join(showing.settled_told(settled, parts.statements)))
    for trouble in settled.applied.troubles:
        click.echo(trouble, err=True)
    if settled.applied.troubles:
        sys.exit(1)


@contextmanager
def _settlement(wait_seconds: float) -> Iterator[Settlement]:
    settings = _settings("postgres", "clickhouse", "stripe")
    with _told(), settlement_of(settings, wait_seconds) as parts:
        yield parts


def _settings(*needs: Name) -> Settings:
    try:
        return Settings.from_env(os.environ, needs)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _told() -> Iterator[None]:
    """Operating failures as one sentence and exit code 1."""
    try:
        yield
    except _EXPECTED as error:
        raise click.ClickException(str(error)) from error
    except OperationalError as error:
        cause = str(error.orig).partition("\n")[0]
        raise click.ClickException(f"PostgreSQL can't be reached: {cause}") from error
    except ProgrammingError as error:
        cause = str(error.orig).partition("\n")[0]
        raise click.ClickException(
            f"The tables are not as this program wants them ({cause}). Run: settlement migrate"
        ) from error


if __name__ == "__main__":
    settlement(prog_name="python -m settlement")
