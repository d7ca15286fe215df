"""The demo from a stack that is up to the summary: apply, replay, close, charge, transfer."""

import time
from typing import Any, Final

import httpx

from embedded.demo.access_log import Traffic
from embedded.demo.rooms import Rooms
from embedded.errors import StackError
from embedded.progress import Steps
from embedded.stack import Stack

_KNOWN_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.1


def tell(stack: Stack, traffic: Traffic, progress: Steps) -> dict[str, Any]:
    """Everything a demo does; told again on the same data, it adds nothing. The summary."""
    rooms = Rooms(stack)
    with progress.step("Partnerships"):
        rooms.apply(traffic.partnerships)
        secret = rooms.grant_import(traffic.site.advertiser)
        _await_key(stack, secret.read_text().strip())
    replayed = rooms.replay(
        traffic.log, traffic.site.key, traffic.site.host, secret, traffic.shift_days
    )
    with progress.step("Decide, close, charge, transfer"):
        plan_hash = rooms.plan(traffic.site.advertiser, traffic.last_day.isoformat())
        if plan_hash:
            rooms.settle(plan_hash)
    summary: dict[str, Any] = rooms.summary()
    return summary | {"replayed": replayed, "last_day": traffic.last_day.isoformat()}


def _await_key(stack: Stack, secret: str) -> None:
    """Return when the collector knows the key, and so everything applied before it."""
    deadline = time.monotonic() + _KNOWN_SECONDS
    headers = {"authorization": f"Bearer {secret}", "content-type": "application/json"}
    while time.monotonic() < deadline:
        answer = httpx.post(f"{stack.url('collector')}/v1/events", content=b"[]", headers=headers)
        if answer.status_code == httpx.codes.BAD_REQUEST:
            return  # the key was taken, the empty body was not
        time.sleep(_POLL_SECONDS)
    raise StackError(
        f"the collector does not know the partnerships after {_KNOWN_SECONDS:.0f} s:"
        " ./counterfoil logs announcer says whether they were announced"
    )
