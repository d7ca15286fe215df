"""Both stages as processes on a real Kafka: exact after kills, shared, stopped by no line."""

import re

from ingest.events import DEAD_LETTERS
from streams.facts import DeadLetter, decode_line
from tests.streams.installation import WAIT_SECONDS, Installation, Worker, wait_for


def test_every_decision_stands_once_after_kills_of_both_stages(installation: Installation) -> None:
    with installation.working("attribution", "budget") as (first, second):
        installation.visit(60)
        first = installation.kill_and_restart(first)
        installation.visit(60)
        second = installation.kill_and_restart(second)
        installation.visit(60)
        first.await_ready()
        installation.visit(60)
        installation.kill_and_restart(first)
        installation.kill_and_restart(second)
        installation.visit(60)
        conversions = installation.await_exact()
    assert {one.disposition for one in conversions} == {"billable", "over_budget"}
    spent = {one.candidate.agreement_id: 0 for one in conversions}
    for one in conversions:
        if one.disposition == "billable":
            spent[one.candidate.agreement_id] += one.candidate.price_minor
    assert spent == {"sale-1": 20_000, "click-1": 15_000}


def test_watermark_passes_both_stages_and_never_goes_back(installation: Installation) -> None:
    with installation.working("attribution", "budget"):
        installation.visit(5)
        installation.tick()
        wait_for(
            lambda: installation.watermark() == installation.now_ms, "the watermark has passed"
        )


def test_line_that_cannot_be_read_stops_nothing(installation: Installation) -> None:
    with installation.working("attribution", "budget"):
        installation.write(0, b"no json")
        installation.visit(20)
        installation.await_exact()
        letters = [decode_line(line) for line in installation.lines(DEAD_LETTERS, 1)]
        assert "no json" in [one.head for one in letters if isinstance(one, DeadLetter)]


def test_workers_of_a_stage_share_its_partitions(installation: Installation) -> None:
    stages = "attribution", "attribution", "budget", "budget"
    with installation.working(*stages) as (one_a, other_a, one_b, other_b):
        wait_for(lambda: _share(one_a, other_a) == [[0, 1, 2, 3], 2, 2], "A is shared")
        wait_for(lambda: _share(one_b, other_b) == [[0, 1], 1, 1], "B is shared")
        installation.visit(60)
        assert one_a.stop() == 0
        assert one_b.stop() == 0
        installation.visit(60)
        wait_for(lambda: _share(other_a) == [[0, 1, 2, 3], 4], "the rest of A does all of it")
        wait_for(lambda: _share(other_b) == [[0, 1], 2], "the rest of B does all of it")
        installation.await_exact()


def test_worker_of_another_number_of_partitions_ends_with_the_reason(
    installation: Installation,
) -> None:
    installation.environment["COUNTERFOIL_PARTITIONS"] = "8,2"
    worker = installation.start("attribution", "wrong")
    try:
        assert worker.process.wait(WAIT_SECONDS) == 1
    finally:
        installation.environment["COUNTERFOIL_PARTITIONS"] = "4,2"
    assert "has 4 partitions, and COUNTERFOIL_PARTITIONS says 8" in worker.log.split("\n")[-2]


def _share(*workers: Worker) -> list[object]:
    """The partitions that these workers have together, and how many each."""
    shares = [_partitions(worker.log) for worker in workers]
    return [sorted(number for share in shares for number in share), *map(len, shares)]


def _partitions(log: str) -> list[int]:
    newest: str = re.findall(r"event=restored .*partitions=(\S+)", log)[-1]
    return [int(number) for number in newest.split(",")] if newest != "none" else []
