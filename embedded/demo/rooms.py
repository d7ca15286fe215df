"""Runs commands of the rooms in a stack's environment, and reads what they answer."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from embedded.errors import StackError
from embedded.lifecycle import environment
from embedded.stack import CHECKOUT, Stack


class Rooms:
    """The commands that the demo needs."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def apply(self, file: Path) -> None:
        """Apply a partnerships file, with the small shop's address in it."""
        shop = self._stack.url("shop")
        values = ["--set", f"shop_url={shop}/", "--set", "shop_host=127.0.0.1"]
        self._run("partnerships", "apply", str(file), *values)

    def grant_import(self, account: str) -> Path:
        """The file with the secret of an import key of the account."""
        secret = self._stack.secrets / f"import-{account}"
        self._run(
            *("partnerships", "grant", "--account", account, "--scope", "import"),
            *("--secret-file", str(secret)),
        )
        return secret

    def replay(self, log: Path, key: str, host: str, secret: Path, shift_days: int) -> Any:
        """Send a log through the collector, with a bar on a terminal; its summary."""
        return self._json(
            *("ingest", "replay", str(log), "--site", key, "--host", host),
            *("--secret-file", str(secret), "--shift-days", str(shift_days), "--json"),
        )

    def plan(self, advertiser: str, through: str) -> str | None:
        """The hash of a plan that closes the advertiser's days up to one; None: nothing to do."""
        planned = self._json(
            *("settlement", "plan", "--through", through, "--advertiser", advertiser),
            *("--wait", "120", "--json"),
        )
        plan_hash = planned["plan"]
        return str(plan_hash) if plan_hash else None

    def settle(self, plan_hash: str) -> None:
        """Apply exactly that plan."""
        self._run("settlement", "apply", "--plan", plan_hash, "--wait", "120", "--json")

    def summary(self) -> Any:
        """Dispositions, agreements, money and invariants of everything in the stack."""
        return self._json("settlement", "summary", "--json")

    def _json(self, room: str, *arguments: str) -> Any:
        return json.loads(self._run(room, *arguments).splitlines()[-1])

    def _run(self, room: str, *arguments: str) -> str:
        """What a command prints; raises StackError with its words when it fails."""
        done = subprocess.run(
            [sys.executable, "-m", room, *arguments],
            cwd=CHECKOUT,
            env=environment(self._stack),
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            words = done.stdout.strip()
            raise StackError(f"`python -m {room} {arguments[0]}` failed.\n{words}".rstrip())
        return done.stdout
