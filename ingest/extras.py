"""What items of every kind may carry beside their place: time, order, value, properties."""

from hashlib import blake2b
from typing import Final

import msgspec

from ingest.event_time import MAX_AGE_MS, MAX_IMPORT_AGE_MS, EventTime, event_time
from ingest.items import MAX_PROPERTIES_BYTES, EventItem, Properties, Refused, ServerItem
from ingest.masking import mask

_ORDER_HASH_BYTES: Final = 16
_encoder: Final = msgspec.json.Encoder()


def time_of(
    item: EventItem | ServerItem, received_at: int, *, imports: bool
) -> EventTime | Refused:
    """When it happened. An import that reaches too far back is refused at the door."""
    max_age_ms = MAX_IMPORT_AGE_MS if imports else MAX_AGE_MS
    at = event_time(received_at, item.occurred_at, item.sent_at, max_age_ms)
    if imports and at.too_old:
        return Refused("too_old", "an import reaches at most 400 days back")
    return at


def refused_extras(item: EventItem | ServerItem) -> Refused | None:
    """Why the item's value or properties can't be taken, or None."""
    if item.properties and len(_encoder.encode(item.properties)) > MAX_PROPERTIES_BYTES:
        return Refused("properties_too_large", f"at most {MAX_PROPERTIES_BYTES} bytes of JSON")
    if item.value_minor is not None and not item.currency:
        return Refused("no_currency", "value_minor needs a currency such as EUR")
    return None


def masked(properties: Properties) -> Properties:
    """The properties with e-mail-like names and values masked."""
    return {
        mask(name): mask(value) if isinstance(value, str) else value
        for name, value in properties.items()
    }


def order_kept(order: str, secret: bytes) -> str:
    """The order id; one that looks like an e-mail address is hashed, for orders must differ."""
    if mask(order) == order:
        return order
    digest = blake2b(
        order.encode("utf-8", "surrogatepass"), key=secret, digest_size=_ORDER_HASH_BYTES
    )
    return f"masked-{digest.hexdigest()}"
