"""Recognises who is signed in where they browse, so that their own visits never count.

Each request of a signed-in browser teaches its network, once per account, network and day, and
renews the signed cookie by which a collector on the same host knows the browser (rules.md §5).
"""

from collections import OrderedDict
from threading import Lock
from typing import Final

from dashboards.parts import Parts
from partnerships import learn_network, partner_cookie
from partnerships.days import day_of
from partnerships.networks import client_network

COOKIE_SECONDS: Final = 400 * 24 * 3600

_REMEMBERED: Final = 10_000


class Recognition:
    """Remembers what this process taught today, so that most requests ask nothing."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._taught: OrderedDict[tuple[str, str, str], None] = OrderedDict()
        self._lock = Lock()

    def learn(self, account_id: str, address: str) -> None:
        """Teach the network of a signed-in browser; what is no address teaches nothing."""
        now_ms = self._parts.now_ms()
        try:
            network = str(client_network(address))
        except ValueError:
            return
        lesson = (account_id, network, str(day_of(now_ms, "UTC")))
        if self._is_known(lesson):
            return
        key = self._parts.keys.network
        learn_network(self._parts.partnerships, account_id, address, now_ms, key)
        with self._lock:
            self._taught[lesson] = None
            if len(self._taught) > _REMEMBERED:
                self._taught.popitem(last=False)

    def cookie(self, account_id: str, current: str) -> str:
        """The partner cookie that the browser should carry, "" when it does."""
        key = self._parts.keys.cookie
        carried = partner_cookie.open_cookie(current, key)
        if carried[-1:] == (account_id,):
            return ""
        others = [each for each in carried if each != account_id]
        return partner_cookie.seal([*others, account_id], key)

    def _is_known(self, lesson: tuple[str, str, str]) -> bool:
        with self._lock:
            return lesson in self._taught
