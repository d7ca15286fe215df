"""Runs one request: at most once a key, and committed before it is answered."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from embedded.stripe import errors, parameters
from embedded.stripe.clock import Clock
from embedded.stripe.database import transaction
from embedded.stripe.errors import Refusal
from embedded.stripe.expansion import expanded
from embedded.stripe.faults import Fault
from embedded.stripe.idempotency import Answer, Answers, Keyed, in_use
from embedded.stripe.ledger import Call, Declined, Ledger
from embedded.stripe.store import Body, Store


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A call of the API: its parameter type in the SDK, and the names that it acts on."""

    method: str
    path: str
    parameters: type
    run: Callable[[Call], Body | Declined]
    acts_on: frozenset[str]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it arrived; `fault` is what it is to meet."""

    endpoint: Endpoint
    path: str
    path_ids: Mapping[str, str]
    form: Mapping[str, Any]
    idempotency_key: str | None
    request_id: str
    fault: Fault | None = None


class Execution:
    """Carries requests out, one after the other, on one database."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._store = Store(connection)
        self._answers = Answers(connection)

    async def answer(self, request: Incoming) -> Answer:
        """The answer of `request`; never raises for what a client can send."""
        keyed = _keyed(request)
        try:
            if _meets(request, "conflict"):
                raise in_use(request.idempotency_key or "")
            with self._answers.flight(keyed) if keyed else nullcontext():
                if request.fault is not None and request.fault.kind == "slow":
                    await asyncio.sleep(request.fault.seconds)
                return self._replayed(keyed) or self._executed(request, keyed)
        except Refusal as refusal:
            return Answer(refusal.status, refusal.body())

    def _replayed(self, keyed: Keyed | None) -> Answer | None:
        return self._answers.saved(keyed, self._clock.now()) if keyed else None

    def _executed(self, request: Incoming, keyed: Keyed | None) -> Answer:
        try:
            with transaction(self._connection):
                answer = self._run(request)
                self._save(keyed, answer)
                return answer
        except Refusal as refusal:
            answer = Answer(refusal.status, refusal.body())
            if refusal.saved:
                with transaction(self._connection):
                    self._save(keyed, answer)
            return answer

    def _run(self, request: Incoming) -> Answer:
        endpoint = request.endpoint
        params = parameters.check(
            endpoint.parameters, request.form, acts_on=endpoint.acts_on | {"expand"}
        )
        ledger = Ledger(self._store, self._clock.now(), request.request_id, request.idempotency_key)
        outcome = endpoint.run(Call(ledger, request.path_ids, params))
        if _meets(request, "error_after_commit"):
            return Answer(500, errors.internal_error())
        if isinstance(outcome, Declined):
            return Answer(402, {"error": outcome.error})
        return Answer(200, expanded(ledger, outcome, params.get("expand") or ()))

    def _save(self, keyed: Keyed | None, answer: Answer) -> None:
        if keyed is not None:
            self._answers.save(keyed, answer, self._clock.now())


def _keyed(request: Incoming) -> Keyed | None:
    """GET requests change nothing, so their keys are ignored."""
    if request.idempotency_key is None or request.endpoint.method == "GET":
        return None
    return Keyed(
        request.idempotency_key,
        request.endpoint.method,
        request.path,
        request.form,
        request.request_id,
    )


def _meets(request: Incoming, kind: str) -> bool:
    return request.fault is not None and request.fault.kind == kind
