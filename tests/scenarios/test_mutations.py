"""Each rule of tracking, changed by the least that can be, turns the comparison red."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from embedded.postgres.cluster import Cluster
from partnerships.clock import now_ms
from tests.scenarios.edges import Edges
from tests.scenarios.frozen import freeze
from tests.scenarios.installation import installed
from tests.scenarios.moments import moments
from tests.scenarios.test_rules_equal_the_recount import CHECKOUT, HERE, filled

SEED: Final = 11
ROOMS: Final = ("partnerships", "ingest", "streams", "tests")
RULES: Final = "streams/rules"
ATTRIBUTION: Final = f"{RULES}/attribution.py"
DECISIONS: Final = f"{RULES}/decisions.py"
TOUCHES: Final = f"{RULES}/touches.py"


class Mutation(NamedTuple):
    rule: str
    file: str
    old: str
    new: str


MUTATIONS: Final = (
    Mutation("gap", f"{RULES}/sessions.py", "= 30 * 60 * 1000", "= 30 * 60 * 1000 + 1"),
    Mutation("late event", f"{RULES}/sessions.py", "return min(near", "return max(near"),
    Mutation("window", ATTRIBUTION, "> window_days * DAY_MS", ">= window_days * DAY_MS"),
    Mutation("token age", f"{RULES}/forms.py", "> TOKEN_AGE_MS", ">= TOKEN_AGE_MS"),
    Mutation("day", f"{RULES}/candidates.py", "occurred_at, zone)", 'occurred_at, "UTC")'),
    Mutation("cookieless day", "ingest/admission.py", "at_ms, site.zone)", 'at_ms, "UTC")'),
    Mutation("order of touches", ATTRIBUTION, "else reversed(before):", "else before:"),
    Mutation("first touch", ATTRIBUTION, 'objective.credit == "first"', "False"),
    Mutation("touch before event", ATTRIBUTION, "touch.at_ms <= event.occurred_at", "True"),
    Mutation("active at touch", ATTRIBUTION, "if view.active(one.id, touch.at_ms)", "if True"),
    Mutation("precedence", f"{RULES}/reasons.py", "(REFUSALS)", "(reversed(REFUSALS))"),
    Mutation("duplicate", DECISIONS, "books.once_id or books.click_id", "books.click_id"),
    Mutation("nonce of a click", DECISIONS, "books.once_id or books.click_id", "books.once_id"),
    Mutation("over budget takes key", DECISIONS, '("billable", "over_budget")', '("billable",)'),
    Mutation("self", f"{RULES}/ownership.py", "or view.excluded(partner_id, held, at_ms)", ""),
    Mutation("half-open", "partnerships/catalog.py", "< exclusion.until", "<= exclusion.until"),
    Mutation("a cent more", f"{RULES}/purse.py", "> budget_minor", "> budget_minor + 1"),
    Mutation("a cent less", f"{RULES}/purse.py", "> budget_minor", ">= budget_minor"),
    Mutation("repeats", f"{RULES}/visitors.py", "if repeats.known(seen, key):", "if False:"),
    Mutation("first form decides", f"{RULES}/forms.py", "if event.code:", "if False:"),
    Mutation("refused uses no nonce", TOUCHES, "found.nonce and not touch.refusal", "found.nonce"),
    Mutation("host", TOUCHES, "event.host not in site.hosts", "False"),
)


@pytest.fixture(scope="module")
def frozen(postgres_server: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generated traffic with its installation, in a folder."""
    directory = tmp_path_factory.mktemp("frozen")
    when = moments(now_ms())
    text = filled(HERE / "edges.toml", when.replacements())
    (directory / "partnerships.toml").write_text(text)
    installation = installed(postgres_server.url("postgres"), directory, text)
    freeze(directory, installation, Edges(when, SEED).build(), when.now)
    return directory


def compare(frozen: Path, tree: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.scenarios.frozen", str(frozen)]
    environment = os.environ | {"PYTHONPATH": str(tree)}
    return subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, timeout=120
    )


def test_unchanged_rules_are_green(frozen: Path) -> None:
    run = compare(frozen, CHECKOUT)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.rule)
def test_a_changed_rule_is_red(mutation: Mutation, frozen: Path, tmp_path: Path) -> None:
    for room in ROOMS:
        leave_out = shutil.ignore_patterns("__pycache__", "node_modules", "migrations")
        shutil.copytree(CHECKOUT / room, tmp_path / room, ignore=leave_out)
    file = tmp_path / mutation.file
    source = file.read_text()
    assert source.count(mutation.old) == 1, f"{mutation.old!r} must stand once in {mutation.file}"
    file.write_text(source.replace(mutation.old, mutation.new))
    run = compare(frozen, tmp_path)
    assert run.returncode == 1, f"the comparison did not notice: {run.stdout}{run.stderr}"
    assert "differences" in run.stdout, run.stderr
