"""`demo` tells the whole story from nothing, and told again on the same data it adds nothing."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from embedded.processes import marked
from embedded.stack import CHECKOUT
from tests.engines import free_port_base

MINUTES: Final = 5 * 60


def demo(data: Path, *options: str) -> dict[str, Any]:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "embedded",
            "demo",
            "--once",
            "--json",
            "--data",
            str(data),
            *options,
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=MINUTES,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], dict[str, Any]]:
    data = tmp_path_factory.mktemp("demo") / "data"
    first = demo(data, "--port-base", str(free_port_base()))
    return data, first, demo(data)


def test_every_disposition_of_the_story_occurs(twice: tuple[Path, Any, Any]) -> None:
    dispositions = twice[1]["dispositions"]
    for name in ("billable", "over_budget", "self_click", "bot", "duplicate"):
        assert dispositions[name] > 0, name


def test_every_debit_is_inside_its_budget(twice: tuple[Path, Any, Any]) -> None:
    agreements = twice[1]["agreements"]
    assert agreements
    for month in agreements:
        assert month["debit_minor"] <= month["budget_minor"], month


def test_charges_are_transfers_and_fees(twice: tuple[Path, Any, Any]) -> None:
    told = twice[1]
    assert told["charges_minor"] > 0
    assert told["charges_minor"] == told["transfers_minor"] + told["fees_minor"]
    assert told["charges_minor"] == sum(month["debit_minor"] for month in told["agreements"])


def test_every_invariant_holds(twice: tuple[Path, Any, Any]) -> None:
    assert twice[1]["invariants"]
    assert all(twice[1]["invariants"].values()), twice[1]["invariants"]


def test_told_again_it_adds_nothing(twice: tuple[Path, Any, Any]) -> None:
    _, first, second = twice
    for name in ("dispositions", "agreements", "charges_minor", "transfers_minor", "fees_minor"):
        assert first[name] == second[name], name


def test_once_leaves_no_process(twice: tuple[Path, Any, Any]) -> None:
    assert marked(twice[0]) == set()


def test_a_log_needs_its_partnerships(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "embedded",
            "demo",
            "--log",
            str(log),
            "--data",
            str(tmp_path / "d"),
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "--log and --partnerships go together" in done.stderr
    assert marked(tmp_path / "d") == set()
