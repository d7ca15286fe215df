"""One key, one execution: an answer is replayed for 24 hours, then the key is forgotten."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from embedded.stripe.errors import Refusal

KEPT_SECONDS = 24 * 3600
MAX_KEY_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was told; `original_request` is set when it repeats an earlier answer."""

    status: int
    body: Mapping[str, Any]
    original_request: str | None = None


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request under an idempotency key."""

    key: str
    method: str
    path: str
    form: Mapping[str, Any]
    request_id: str

    @property
    def address(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def fingerprint(self) -> str:
        """The same for the same parameters, in whatever order they were sent."""
        canonical = json.dumps(self.form, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()


class Answers:
    """Saved answers by key, and the keys of requests that are being executed now."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._in_flight: set[str] = set()

    @contextmanager
    def flight(self, request: Keyed) -> Iterator[None]:
        """Hold the key; raises a Refusal (409) while another request holds it."""
        if len(request.key) > MAX_KEY_LENGTH:
            raise Refusal(f"Idempotency keys have up to {MAX_KEY_LENGTH} characters.", saved=False)
        if request.key in self._in_flight:
            raise in_use(request.key)
        self._in_flight.add(request.key)
        try:
            yield
        finally:
            self._in_flight.discard(request.key)

    def saved(self, request: Keyed, now: int) -> Answer | None:
        """The answer kept for this key; raises a Refusal when it was given to another request."""
        row = self._connection.execute(
            "SELECT address, fingerprint, request_id, status, body FROM answers"
            " WHERE idempotency_key = ? AND created > ?",
            (request.key, now - KEPT_SECONDS),
        ).fetchone()
        if row is None:
            return None
        address, fingerprint, request_id, status, body = row
        if address != request.address:
            raise _misused(
                f"Keys for idempotent requests can only be used for the same endpoint they were"
                f" first used for ('{request.address}' vs '{address}').",
                request.key,
            )
        if fingerprint != request.fingerprint:
            raise _misused(
                "Keys for idempotent requests can only be used with the same parameters they were"
                " first used with.",
                request.key,
            )
        return Answer(status, json.loads(body), original_request=request_id)

    def save(self, request: Keyed, answer: Answer, now: int) -> None:
        """Keep the answer and drop the expired ones; the caller commits it with its effects."""
        self._connection.execute("DELETE FROM answers WHERE created <= ?", (now - KEPT_SECONDS,))
        self._connection.execute(
            "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                request.key,
                now,
                request.address,
                request.fingerprint,
                request.request_id,
                answer.status,
                json.dumps(answer.body),
            ),
        )


def in_use(key: str) -> Refusal:
    """The answer while another request holds the key."""
    return Refusal(
        "There is currently another in-progress request using this idempotency key (that probably"
        " means you submitted twice, and the other request is still going through):"
        f" {key}. Please try again later.",
        status=409,
        code="idempotency_key_in_use",
        saved=False,
    )


def _misused(message: str, key: str) -> Refusal:
    return Refusal(
        f"{message} Try using a key other than '{key}' if you meant to execute a different"
        " request.",
        kind="idempotency_error",
        saved=False,
    )
