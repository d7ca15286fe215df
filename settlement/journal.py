"""Asks Stripe with a derived key, and writes each attempt down before it is sent and after."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Engine

from settlement.gateway import Failed, GatewayError, Intent, Lost, SentTransfer
from settlement.ledger import attempts
from settlement.ledger.attempts import Attempt, Outcome

T = TypeVar("T")
Clock = Callable[[], datetime]


class Journal:
    """One line in the journal per request."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def ask(self, subject_id: str, operation: str, send: Callable[[str], T]) -> T:
        """What `send` answers when it is given the attempt's key; raises what it raises."""
        return self.send(self.begin(subject_id, operation), send)

    def begin(self, subject_id: str, operation: str) -> Attempt:
        """Write down that a request is about to be sent."""
        with self._engine.begin() as connection:
            return attempts.begin(connection, subject_id, operation, self._clock())

    def send(self, attempt: Attempt, send: Callable[[str], T]) -> T:
        """Send a request that is written down, and write down what came of it."""
        try:
            answer = send(attempt.idempotency_key)
        except GatewayError as error:
            self._end(attempt, _missed(error), str(error))
            raise
        self._end(attempt, *_told(answer))
        return answer

    def _end(self, attempt: Attempt, outcome: Outcome, detail: str) -> None:
        with self._engine.begin() as connection:
            attempts.end(connection, attempt, outcome, detail, self._clock())


def _missed(error: GatewayError) -> Outcome:
    if isinstance(error, Lost):
        return "lost"
    return "failed" if isinstance(error, Failed) else "refused"


def _told(answer: object) -> tuple[Outcome, str]:
    if isinstance(answer, Intent) and answer.decline:
        return "declined", f"{answer.id}: {answer.decline}"
    return "done", answer.id if isinstance(answer, Intent | SentTransfer) else str(answer)
