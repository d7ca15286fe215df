"""The running stack as a scenario sees it: apply, call, wait for the watermark, read the logs."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import httpx
from kafka import KafkaConsumer, TopicPartition

from embedded.lifecycle import environment
from embedded.stack import CHECKOUT, Stack
from ingest import events
from partnerships.clock import now_ms
from partnerships.keys import read_keys
from streams.facts import Candidate, Conversion, Session, Touch, decode_envelope
from tests.engines import wait_until
from tests.scenarios.calls import Call, sealed
from tests.scenarios.dry_run import sealing
from tests.scenarios.observed import Observed
from warehouse.store import Store

PATIENCE_SECONDS: Final = 120.0
RETRIED: Final = (429, 503)


class Pipeline:
    """One advertiser's part of a shared stack; `advertiser` owns the keys and the sites."""

    def __init__(self, stack: Stack, advertiser: str, directory: Path) -> None:
        self._stack = stack
        self._advertiser = advertiser
        self._directory = directory
        self._secrets: dict[str, str] = {"": ""}

    def apply(self, partnerships: str) -> Path:
        """Apply a partnerships file and grant the keys that calls carry; returns the file."""
        file = self._directory / "partnerships.toml"
        file.write_text(partnerships)
        self.run("partnerships", "apply", str(file))
        for scope in ("import", "convert"):
            secret = self._directory / f"{scope}.secret"
            grant = ("grant", "--account", self._advertiser, "--scope", scope)
            self.run("partnerships", *grant, "--secret-file", str(secret))
            self._secrets[scope] = secret.read_text().strip()
            self._await_key(scope)
        return file

    def _await_key(self, scope: str) -> None:
        """The last thing announced is known, and so is all before it."""
        path = "/v1/conversions" if scope == "convert" else "/v1/events"
        headers = {"authorization": f"Bearer {self._secrets[scope]}", "idempotency-key": "none"}
        headers["content-type"] = "application/json"

        def known() -> bool:
            url = self._stack.url("collector") + path
            return httpx.post(url, content=b"[]", headers=headers).status_code == 400

        wait_until(known)

    def send(self, calls: Iterable[Call], between: Callable[[int], None] = lambda _: None) -> None:
        """Make the calls one after the other; `between` hears how many were made.

        As an importer does, a call is made again until the collector has taken it.
        """
        seal = sealing(read_keys(self._stack.secrets / "keys.toml"))
        with httpx.Client(base_url=self._stack.url("collector"), timeout=30) as client:
            for number, call in enumerate(calls, 1):
                body = sealed(json.dumps(call.body), seal)
                headers = dict(call.headers) | {"content-type": "application/json"}
                if call.key:
                    headers["authorization"] = f"Bearer {self._secrets[call.key]}"
                answer = _insist(client, call.endpoint, body, headers)
                assert answer == {"accepted": len(call.body), "refused": []}, answer
                between(number)

    def settled(self) -> None:
        """Return when everything received before now is decided and loaded."""
        moment = now_ms()
        with Store(self._stack.environment()["COUNTERFOIL_CLICKHOUSE"]) as store:
            wait_until(lambda: self._passed(store, moment), PATIENCE_SECONDS)

    def _passed(self, store: Store, moment: int) -> bool:
        partitions = int(self._stack.environment()["COUNTERFOIL_PARTITIONS"].split(",")[1])
        (row,) = store.ask("watermark", partitions=partitions, stage="conversions")
        watermark = row["watermark"]
        return watermark is not None and watermark.timestamp() * 1000 > moment

    def observed(self) -> Observed:
        """All facts of this advertiser, from the logs themselves; repeats left out."""
        candidates = _once(self._facts(events.CANDIDATES, Candidate), lambda c: c.conversion_id)
        conversions = _once(
            self._facts(events.CONVERSIONS, Conversion), lambda c: c.candidate.conversion_id
        )
        touches = _once(self._facts(events.TOUCHES, Touch), lambda t: t.touch_id)
        sessions = list(self._facts(events.SESSIONS, Session))
        mine = self._advertiser
        return Observed(
            sessions=[one for one in sessions if one.advertiser_id == mine],
            touches=[one for one in touches if one.advertiser_id == mine],
            candidates=[one for one in candidates if one.advertiser_id == mine],
            conversions=[one for one in conversions if one.candidate.advertiser_id == mine],
        )

    def received(self) -> dict[str, int]:
        """When the collector first had each event, by the event's id."""
        first: dict[str, int] = {}
        for value in self._values(events.EVENTS):
            for line in events.decode_envelope(value):
                if isinstance(line, events.Event):
                    first.setdefault(line.id, line.received_at)
        return first

    def _facts(self, topic: str, kind: type[Any]) -> Iterator[Any]:
        for value in self._values(topic):
            yield from (fact for fact in decode_envelope(value) if isinstance(fact, kind))

    def _values(self, topic: str) -> Iterator[bytes]:
        """Every record of a topic as it stands now, partition by partition."""
        consumer = KafkaConsumer(
            bootstrap_servers=self._stack.address("kafka"), enable_auto_commit=False
        )
        try:
            partitions = consumer.partitions_for_topic(topic) or set()
            for partition in (TopicPartition(topic, number) for number in sorted(partitions)):
                consumer.assign([partition])
                consumer.seek_to_beginning(partition)
                end = consumer.end_offsets([partition])[partition]
                while consumer.position(partition) < end:
                    for records in consumer.poll(timeout_ms=500).values():
                        yield from (record.value for record in records if record.offset < end)
        finally:
            consumer.close()

    def settle(self, through: str) -> None:
        """Close this advertiser's days and move the money."""
        chosen = ("--through", through, "--advertiser", self._advertiser, "--wait", "120", "--json")
        self.run("settlement", "apply", *chosen)

    def summary(self) -> list[dict[str, Any]]:
        """This advertiser's agreements and months as settlement tells them."""
        told = json.loads(self.run("settlement", "summary", "--json"))
        months: list[dict[str, Any]] = told["agreements"]
        assert all(told["invariants"].values()), told["invariants"]
        return [month for month in months if month["advertiser"] == self._advertiser]

    def run(self, room: str, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", room, *arguments],
            cwd=CHECKOUT,
            env=environment(self._stack),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{room} {arguments}: {done.stdout}{done.stderr}"
        return done.stdout


def _insist(client: httpx.Client, path: str, body: str, headers: dict[str, str]) -> Any:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            answer = client.post(path, content=body, headers=headers)
        except httpx.TransportError:
            answer = httpx.Response(503)
        if answer.status_code not in RETRIED:
            assert answer.status_code == 202, f"{answer.status_code}: {answer.text}"
            return answer.json()
        assert time.monotonic() < deadline, "the collector does not take the call"
        time.sleep(0.2)


def _once(facts: Iterable[Any], identity: Callable[[Any], str]) -> list[Any]:
    """The facts by their first appearance; a repeat that differs is a defect."""
    first: dict[str, Any] = {}
    for fact in facts:
        known = first.setdefault(identity(fact), fact)
        assert known == fact, f"a repeat differs: {known} {fact}"
    return list(first.values())
