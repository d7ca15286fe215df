"""Sends page views through the collector's own HTTP interface, in their order.

Each batch waits for the one before, so what a visitor did keeps its order; the ids make a repeated
batch harmless.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import msgspec

from ingest.items import MAX_EVENTS

_MAX_BATCH_BYTES: Final = 900_000
"""Below the collector's limit of 1 MiB a body."""

_GIVE_UP_SECONDS: Final = 120.0
_WAIT_SECONDS: Final = 1.0
_LONGEST_WAIT_SECONDS: Final = 10.0
_ASK_AGAIN: Final = (401, 429, 503)
_KEY_KNOWN_SECONDS: Final = 15.0
"""A key that was just granted reaches the collector within this time, unless something is down."""


class ReplayError(Exception):
    """The collector can't be reached or does not take the key; the message says what to do."""


@dataclass(slots=True)
class Sent:
    """What the collector answered."""

    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)


class Importer:
    """Posts batches with an import key."""

    def __init__(
        self, url: str, secret: str, key_known_seconds: float = _KEY_KNOWN_SECONDS
    ) -> None:
        self._url = url
        self._key_known_seconds = key_known_seconds
        self._client = httpx.Client(
            base_url=url,
            headers={"authorization": f"Bearer {secret}", "content-type": "application/json"},
            timeout=30.0,
        )

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def send(self, items: Iterable[dict[str, Any]], progress: Callable[[int], None]) -> Sent:
        """Send all items; `progress` hears how many went with each batch. Raises ReplayError."""
        sent = Sent()
        for batch in _batches(items):
            answer = self._post(b"[" + b",".join(batch) + b"]")
            sent.accepted += answer["accepted"]
            sent.refused.update(refusal["reason"] for refusal in answer["refused"])
            progress(len(batch))
        return sent

    def _post(self, body: bytes) -> dict[str, Any]:
        began_at = time.monotonic()
        while True:
            try:
                response = self._client.post("/v1/events", content=body)
            except httpx.TransportError as error:
                problem = f"The collector at {self._url} does not answer: {error}"
                patience, wait = _GIVE_UP_SECONDS, ""
            else:
                if response.status_code not in _ASK_AGAIN:
                    return _read(response)
                problem = f"The collector at {self._url} takes nothing: {_reason(response)}"
                key_refused = response.status_code == 401
                patience = self._key_known_seconds if key_refused else _GIVE_UP_SECONDS
                wait = response.headers.get("retry-after", "")
            if time.monotonic() - began_at > patience:
                raise ReplayError(f"{problem}. What was sent is kept; run it again to go on.")
            time.sleep(min(float(wait) if wait.isdigit() else _WAIT_SECONDS, _LONGEST_WAIT_SECONDS))


def _read(response: httpx.Response) -> dict[str, Any]:
    answer: dict[str, Any] = response.json() if response.status_code in (202, 400) else {}
    if "accepted" not in answer:
        raise ReplayError(f"The collector answered {response.status_code}: {response.text}")
    return answer


def _reason(response: httpx.Response) -> str:
    try:
        return str(response.json()["reason"])
    except (ValueError, KeyError):
        return f"{response.status_code} {response.text[:200]}"


def _batches(items: Iterable[dict[str, Any]]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for item in map(msgspec.json.encode, items):
        if batch and (len(batch) == MAX_EVENTS or size + len(item) > _MAX_BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += len(item) + 1
    if batch:
        yield batch
