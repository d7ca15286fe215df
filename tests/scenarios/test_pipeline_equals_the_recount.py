"""The running stack finds, decides and pays exactly what the oracle recounts from the input."""

import os
import signal
import warnings
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from embedded.demo.traffic import write_log
from embedded.lifecycle import states
from embedded.stack import Stack
from partnerships.clock import now_ms
from partnerships.days import day_of
from tests.engines import wait_until
from tests.oracle.agreed import read
from tests.oracle.arrivals import arrivals
from tests.oracle.decisions import Owed, decide, owed
from tests.oracle.visits import Found, recount
from tests.scenarios.calls import Call
from tests.scenarios.edges import Edges
from tests.scenarios.logs import calls_of, shift_days
from tests.scenarios.moments import moments
from tests.scenarios.observed import SHOWN, Observed, differences
from tests.scenarios.pipeline import Pipeline
from tests.scenarios.test_rules_equal_the_recount import (
    CHECKOUT,
    HERE,
    REAL_LOG,
    SHOP,
    filled,
    real_log,
)

SEED: Final = 5
KILLED: Final = (
    *("ingest", "attribution", "budget", "loader", "announcer"),
    *("clickhouse", "postgres", "kafka"),
)
SESSIONS_SECONDS: Final = 60.0
SMALL_BATCH: Final = 100


def test_generated_traffic(stack: Stack, tmp_path: Path) -> None:
    when = moments(now_ms())
    pipeline = Pipeline(stack, "store", tmp_path)
    pipeline.apply(filled(HERE / "edges.toml", when.replacements()))
    calls = Edges(when, SEED).build()
    pipeline.send(calls)
    found, observed = _equal(pipeline, tmp_path, calls, "store")
    _paid(pipeline, found, observed, "Europe/Berlin")


def test_the_shops_log_with_every_service_killed(stack: Stack, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    write_log(log)
    days = shift_days(log, "Europe/Berlin", now_ms())
    pipeline = Pipeline(stack, "harbour-bikes", tmp_path)
    pipeline.apply(filled(CHECKOUT / "demo" / "partnerships.toml", SHOP))
    host = "shop.harbourbikes.example"
    calls = list(_smaller(calls_of(log, "ck_harbour_shop", host, days)))
    every = len(calls) // len(KILLED)

    def kill(number: int) -> None:
        turn, rest = divmod(number, every)
        if rest == 0 and turn <= len(KILLED):
            _kill(stack, KILLED[turn - 1])

    pipeline.send(calls, between=kill)
    found, observed = _equal(pipeline, tmp_path, calls, "harbour-bikes")
    _paid(pipeline, found, observed, "Europe/Berlin")


def test_the_real_log_and_once_more(stack: Stack, tmp_path: Path) -> None:
    log = real_log()
    if log is None:
        warnings.warn(f"LEFT OUT: {REAL_LOG} is not beside the checkout", stacklevel=1)
        return
    zone = "America/Los_Angeles"
    days = shift_days(log, zone, now_ms())
    pipeline = Pipeline(stack, "semicomplete", tmp_path)
    pipeline.apply((HERE / "semicomplete.toml").read_text())
    calls = calls_of(log, "ck_semicomplete", "semicomplete.com", days)
    pipeline.send(calls)
    found, observed = _equal(pipeline, tmp_path, calls, "semicomplete")
    _paid(pipeline, found, observed, zone)
    before = pipeline.summary()
    pipeline.send(calls)
    pipeline.settled()
    assert pipeline.observed().conversions == observed.conversions
    assert pipeline.summary() == before


def _equal(
    pipeline: Pipeline, directory: Path, calls: list[Call], owner: str
) -> tuple[Found, Observed]:
    """Wait until all is decided and every session published; fail where they differ."""
    pipeline.settled()
    agreed, received = read(directory / "partnerships.toml"), pipeline.received()
    found = recount(agreed, arrivals(agreed, calls, received.__getitem__, owner))
    latest: list[Observed] = []

    def equal() -> bool:
        latest.append(pipeline.observed())
        return not [line for line in differences(found, latest[-1]) if line.startswith("session")]

    try:
        wait_until(equal, SESSIONS_SECONDS)
    finally:
        different = differences(found, latest[-1])
        assert not different, f"{len(different)} differences:\n" + "\n".join(different[:SHOWN])
    return found, latest[-1]


def _paid(pipeline: Pipeline, found: Found, observed: Observed, zone: str) -> None:
    """Settle all complete days; what both sides owe is what the recount says, to the cent."""
    last = day_of(now_ms() - 2 * 3_600_000, zone) - timedelta(days=1)
    pipeline.settle(last.isoformat())
    order = [(one.event_id, one.objective_id) for one in observed.candidates]
    decisions = decide(found.candidates[key] for key in order)
    closed = owed(one for one in decisions if one.candidate.day <= last.isoformat())
    told = {(month["agreement"], month["month"]): month for month in pipeline.summary()}
    for key, all_days in owed(decisions).items():
        assert told[key]["dispositions"] == dict(all_days.tracked), key
        assert _amounts(told[key]) == _expected(closed.get(key, Owed())), key
    charged = sum(month["charged_minor"] for month in told.values())
    transferred = sum(month["transferred_minor"] for month in told.values())
    assert charged == sum(one.debit for one in closed.values())
    assert transferred == sum(one.credit for one in closed.values())


def _amounts(month: dict[str, Any]) -> tuple[int, ...]:
    names = ("gross_minor", "fee_minor", "debit_minor", "credit_minor")
    return tuple(month[name] for name in names)


def _expected(one: Owed) -> tuple[int, ...]:
    return (one.gross, one.fee, one.debit, one.credit)


def _smaller(calls: list[Call]) -> Iterator[Call]:
    for call in calls:
        for at in range(0, len(call.body), SMALL_BATCH):
            body = call.body[at : at + SMALL_BATCH]
            yield Call(call.endpoint, call.key, call.headers, body)


def _kill(stack: Stack, service: str) -> None:
    (pid,) = (state.pid for state in states(stack) if state.service == service)
    os.kill(pid, signal.SIGKILL)
