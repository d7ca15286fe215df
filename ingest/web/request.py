"""What a call needs to know of its request, and how large its body may be."""

from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final

from ingest.web.answers import Problem

MAX_BODY_BYTES: Final = 1024 * 1024

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Gone(Exception):
    """The client went away before its body was complete; nobody waits for an answer."""


class Request:
    """One HTTP request. Header names are lower-case; of a repeated header the last counts."""

    __slots__ = ("_headers", "_receive", "address", "method", "path", "query")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: str = scope["query_string"].decode("latin-1")
        client = scope.get("client")
        self.address: str = client[0] if client else ""
        self._headers: dict[bytes, bytes] = dict(scope["headers"])
        self._receive = receive

    def header(self, name: bytes) -> str:
        """The header's value; "" without it."""
        value = self._headers.get(name)
        return value.decode("latin-1") if value else ""

    def bearer(self) -> str:
        """The secret of `Authorization: Bearer`; "" without one."""
        scheme, _, secret = self.header(b"authorization").partition(" ")
        return secret.strip() if scheme.lower() == "bearer" else ""

    def cookie(self, name: str) -> str:
        """The cookie's value; "" without it."""
        text = self.header(b"cookie")
        if name not in text:
            return ""
        try:
            found = SimpleCookie(text).get(name)
        except CookieError:
            return ""
        return found.value if found else ""

    def media_type(self) -> str:
        """The content type without its parameters, lower-case."""
        return self.header(b"content-type").partition(";")[0].strip().lower()

    async def body(self) -> bytes:
        """The whole body; raises Problem 413, or Gone."""
        declared = self.header(b"content-length")
        if declared.isdigit() and int(declared) > MAX_BODY_BYTES:
            raise _too_large()
        message = await self._receive()
        body: bytes = message.get("body", b"")
        if message.get("more_body"):
            body = await self._rest(body)
        if message["type"] == "http.disconnect":
            raise Gone
        if len(body) > MAX_BODY_BYTES:
            raise _too_large()
        return body

    async def _rest(self, body: bytes) -> bytes:
        parts, size, more = [body], len(body), True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise Gone
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > MAX_BODY_BYTES:
                raise _too_large()
            more = message.get("more_body", False)
        return b"".join(parts)


def _too_large() -> Problem:
    return Problem(413, f"a body has at most {MAX_BODY_BYTES} bytes")
