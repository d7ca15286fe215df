"""The secrets of a stack: made once, readable by nobody but their owner."""

import json
import os
import secrets
from pathlib import Path

from embedded.stack import Secret, Stack

BYTES = 24


def make_secrets(stack: Stack) -> None:
    """Makes those that are missing; an existing one never changes."""
    stack.secrets.mkdir(mode=0o700, exist_ok=True)
    _make(stack, "clickhouse-writer", secrets.token_urlsafe(BYTES))
    _make(stack, "clickhouse-analyst", secrets.token_urlsafe(BYTES))
    _make(stack, "stripe-key", f"sk_test_{secrets.token_hex(BYTES)}")
    users = {
        "writer": [stack.secret("clickhouse-writer"), "writer"],
        "analyst": [stack.secret("clickhouse-analyst"), "analyst"],
    }
    _write(stack.users, json.dumps(users))


def _make(stack: Stack, name: Secret, value: str) -> None:
    file = stack.secrets / name
    if not file.exists():
        _write(file, value)


def _write(file: Path, text: str) -> None:
    """Whole or not at all, and never open to others, not even for a moment."""
    unfinished = file.with_name(f".{file.name}")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(f"{text}\n")
        opened.flush()
        os.fsync(opened.fileno())
    unfinished.rename(file)
