"""A practice Stripe of its own for a test: started, told what to do, killed, started again."""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import stripe

PATIENCE_SECONDS = 20


class PracticeStripe:
    """The process `python -m embedded.stripe` on a free port, and ways to talk to it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self.address}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "embedded.stripe"]
        self._process = subprocess.Popen(
            [*command, "--data", str(self.directory), "--listen", self.address]
        )
        wait_for_port(self.address, self._process)

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(PATIENCE_SECONDS)

    @property
    def client(self) -> stripe.StripeClient:
        return self.client_with()

    def client_with(
        self, *, key: str = "sk_test_practice", retries: int = 0
    ) -> stripe.StripeClient:
        return stripe.StripeClient(
            key, base_addresses={"api": self.url}, max_network_retries=retries
        )

    def advance(self, seconds: int) -> int:
        """Move the clock on; the practice time after it, in epoch seconds."""
        return int(self.call("POST", "/_fake/clock", {"advance_seconds": seconds})["now"])

    def now(self) -> int:
        return int(self.call("GET", "/_fake/clock")["now"])

    def script(self, kind: str, **line: Any) -> None:
        self.call("POST", "/_fake/faults", {"kind": kind, **line})

    def pending_faults(self) -> int:
        return len(self.call("GET", "/_fake/faults")["faults"])

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return json.loads(self.text(method, path, body))

    def text(self, method: str, path: str, body: dict[str, Any] | None = None) -> str:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as response:
            return str(response.read().decode())

    def customer(self, card: str = "pm_card_visa") -> stripe.Customer:
        """A customer whose default payment method is this test card."""
        customer = self.client.v1.customers.create({"name": "Harbour Bikes"})
        method = self.client.v1.payment_methods.attach(card, {"customer": customer.id})
        return self.client.v1.customers.update(
            customer.id, {"invoice_settings": {"default_payment_method": method.id}}
        )

    def account(self) -> stripe.Account:
        """A partner's account that transfers may reach."""
        return self.client.v1.accounts.create(
            {
                "type": "express",
                "country": "DE",
                "capabilities": {"transfers": {"requested": True}},
            }
        )

    def paid(self, amount: int = 10_000, card: str = "pm_card_visa", **more: Any) -> stripe.Charge:
        """A charge of this many minor units, euro cents unless told otherwise, that succeeded."""
        params: Any = {
            "amount": amount,
            "currency": "eur",
            "payment_method": card,
            "confirm": True,
            "expand": ["latest_charge"],
            **more,
        }
        intent = self.client.v1.payment_intents.create(params)
        assert isinstance(intent.latest_charge, stripe.Charge)
        return intent.latest_charge


@contextmanager
def running(directory: Path) -> Iterator[PracticeStripe]:
    """A practice Stripe over `directory`, ended with the block."""
    practice = PracticeStripe(directory)
    practice.start()
    try:
        yield practice
    finally:
        practice.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(address: str, process: subprocess.Popen[bytes]) -> None:
    """Until something listens at `address`; fails when the process ends first."""
    host, _, port = address.partition(":")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the service ended with exit code {process.returncode}"
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(f"nothing listens at {address} after {PATIENCE_SECONDS} s")
