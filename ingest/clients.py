"""Who sent a request, in derived values only: nothing here can be turned back into an address."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ingest.events import Verdict
from ingest.verdicts import MAX_AGENT
from partnerships import partner_cookie
from partnerships.keys import Keys
from partnerships.networks import client_network, network_hashes

_PLACES_CACHED: Final = 1 << 15
_COOKIES_CACHED: Final = 1 << 12


@dataclass(frozen=True, slots=True)
class Client:
    """Where and what an event came from.

    `network`: the exact one as text, for the cookieless key only, never published; "" unknown.
    `hashes`: keyed hashes of both widths under each network key. `gpc`: by the request's header.
    """

    network: str
    hashes: tuple[str, ...]
    agent: str
    verdict: Verdict
    partner_cookie: tuple[str, ...] = ()
    gpc: bool = False


class Clients:
    """Derives clients with an installation's keys, remembering what repeats."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self.place = lru_cache(maxsize=_PLACES_CACHED)(self._place)
        self.accounts = lru_cache(maxsize=_COOKIES_CACHED)(self._accounts)

    def client(
        self,
        address: str,
        agent: str,
        verdict: Verdict,
        cookie: str = "",
        *,
        gpc: bool = False,
    ) -> Client:
        """The client of an address ("" unknown); raises ValueError for what is no address."""
        network, hashes = self.place(address)
        accounts = self.accounts(cookie) if cookie else ()
        return Client(network, hashes, agent[:MAX_AGENT], verdict, accounts, gpc)

    def _place(self, address: str) -> tuple[str, tuple[str, ...]]:
        if not address:
            return "", ()
        network = str(client_network(address))
        hashes = [network_hashes(address, key) for key in self._keys.networks]
        return network, tuple(hash_ for pair in hashes for hash_ in pair)

    def _accounts(self, cookie: str) -> tuple[str, ...]:
        return partner_cookie.open_cookie(cookie, self._keys.cookie)
