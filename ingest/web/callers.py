"""Who calls: the server key of a request, and the client behind a browser's request."""

from typing import Final

from ingest.admission import ANYONE, Caller
from ingest.clients import Client, Clients
from ingest.snapshot import Snapshot
from ingest.verdicts import verdict
from ingest.web.answers import Problem
from ingest.web.request import Request
from partnerships import partner_cookie

_PURPOSES: Final = (b"sec-purpose", b"purpose", b"x-purpose", b"x-moz")


def caller(request: Request, known: Snapshot, scope: str) -> Caller:
    """The owner of the request's key, which must have the scope; raises Problem 401."""
    secret = request.bearer()
    if not secret:
        raise Problem(401, "a Bearer key is needed", (b"www-authenticate", b"Bearer"))
    key = known.server_key(secret)
    if key is None:
        raise Problem(401, "the key is not known", (b"www-authenticate", b"Bearer"))
    if scope not in key.scopes:
        raise Problem(401, f"the key does not have the scope {scope}")
    return Caller(key.account_id, imports="import" in key.scopes)


def caller_or_anyone(request: Request, known: Snapshot, scope: str) -> Caller:
    """Like `caller`; a request without a key comes from a browser."""
    return caller(request, known, scope) if request.header(b"authorization") else ANYONE


def client(request: Request, clients: Clients) -> Client:
    """The client of a browser's request."""
    agent = request.header(b"user-agent")
    prefetch = any(_prefetches(request.header(name)) for name in _PURPOSES)
    return clients.client(
        _address(request),
        agent,
        verdict(agent, head=request.method == "HEAD", prefetch=prefetch),
        request.cookie(partner_cookie.NAME),
        gpc=request.header(b"sec-gpc") == "1",
    )


def _prefetches(purpose: str) -> bool:
    return bool(purpose) and purpose.lower().startswith(("prefetch", "prerender", "preview"))


def _address(request: Request) -> str:
    # An IPv6 peer may carry its interface: `fe80::1%eth0`.
    return request.address.partition("%")[0]
