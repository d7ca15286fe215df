"""What clients send: the shape of an event and of a server item, and how a body is taken apart.

A body whose JSON can't be read is refused whole; in a readable one each item stands for itself.
"""

from typing import Annotated, Final, Generic, Literal, TypeVar

import msgspec
from msgspec import Meta

MAX_EVENTS: Final = 500
MAX_SERVER_ITEMS: Final = 1000
MAX_PROPERTIES_BYTES: Final = 4096

_Key = Annotated[str, Meta(min_length=1, max_length=64)]
_Name = Annotated[str, Meta(max_length=128)]
_Url = Annotated[str, Meta(max_length=8192)]
_Order = Annotated[str, Meta(max_length=200)]
_Visitor = Annotated[str, Meta(max_length=128)]
_Click = Annotated[str, Meta(max_length=512)]
_Agent = Annotated[str, Meta(max_length=4096)]
_Currency = Annotated[str, Meta(pattern=r"\A(?:[A-Z]{3})?\Z")]
# Until the year 5138: nobody's clock is that wrong, and every sum of two fits a column.
_Milliseconds = Annotated[int, Meta(ge=0, le=10**14)]
_Minor = Annotated[int, Meta(ge=0, le=10**15)]
_Integer = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Properties = dict[str, str | _Integer | float | bool | None]


class EventItem(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One event of `POST /v1/events` (design.md §4). Unknown fields are left out.

    id: 32 hex digits made by the client. site: the public site key. Times in epoch ms.
    client_address, user_agent, head: with an import key only.
    """

    id: str
    site: _Key
    type: Literal["page", "event"]
    url: _Url
    name: _Name = ""
    referrer: _Url = ""
    visitor: _Visitor = ""
    click: _Click = ""
    order: _Order = ""
    value_minor: _Minor | None = None
    currency: _Currency = ""
    properties: Properties = {}
    occurred_at: _Milliseconds | None = None
    sent_at: _Milliseconds | None = None
    consent: Literal["", "granted", "denied"] = ""
    gpc: bool = False
    test: bool = False
    client_address: str | None = None
    user_agent: _Agent | None = None
    head: bool = False


class ServerItem(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """One item of `POST /v1/conversions`: what an advertiser's own server knows of a result.

    objective: its id. site: its site's public key, for those who want it checked. visitor: the
    tag's first-party id; click: the token of the landing's `cf=`; at least one of them.
    """

    objective: _Key
    site: Annotated[str, Meta(max_length=64)] = ""
    order: _Order = ""
    visitor: _Visitor = ""
    click: _Click = ""
    value_minor: _Minor | None = None
    currency: _Currency = ""
    properties: Properties = {}
    occurred_at: _Milliseconds | None = None
    sent_at: _Milliseconds | None = None
    test: bool = False


class Refused(msgspec.Struct, frozen=True):
    """Why one item of a body was not taken. `reason`: a stable word; `detail`: for a person."""

    reason: str
    detail: str = ""


class MalformedBody(ValueError):
    """The body is no JSON of the wanted shape."""


T = TypeVar("T", bound=msgspec.Struct)


class Body(Generic[T]):
    """Takes bodies of one kind of item apart: one object, or an array of at most `most`."""

    def __init__(self, kind: type[T], most: int) -> None:
        self._most = most
        # The whole body at once is the fast way; one by one finds which item is wrong.
        self._whole: msgspec.json.Decoder[T | list[T]] = msgspec.json.Decoder(kind | list[kind])  # type: ignore[valid-type]
        self._parts = msgspec.json.Decoder(list[msgspec.Raw])
        self._one: msgspec.json.Decoder[T] = msgspec.json.Decoder(kind)

    def read(self, body: bytes) -> list[T | Refused]:
        """The items in their order; raises MalformedBody."""
        try:
            items = self._whole.decode(body)
        except msgspec.ValidationError:
            return self._one_by_one(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedBody(f"the body is not JSON: {error}") from None
        if isinstance(items, list):
            self._check(len(items))
            return list(items)
        return [items]

    def _one_by_one(self, body: bytes) -> list[T | Refused]:
        try:
            parts = self._parts.decode(body) if body.lstrip()[:1] == b"[" else [body]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedBody(f"the body is not JSON: {error}") from None
        self._check(len(parts))
        return [self._read_one(part) for part in parts]

    def _read_one(self, part: msgspec.Raw | bytes) -> T | Refused:
        try:
            return self._one.decode(part)
        except msgspec.ValidationError as error:
            return Refused("malformed", str(error))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedBody(f"the body is not JSON: {error}") from None

    def _check(self, count: int) -> None:
        if count == 0:
            raise MalformedBody("the array is empty")
        if count > self._most:
            raise MalformedBody(f"the array has {count} items; at most {self._most} are taken")


EVENT_BODY: Final = Body(EventItem, MAX_EVENTS)
SERVER_BODY: Final = Body(ServerItem, MAX_SERVER_ITEMS)
