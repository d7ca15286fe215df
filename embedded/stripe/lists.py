"""Lists run from the newest object to the oldest, a page at a time."""

from collections.abc import Sequence
from typing import Any

from embedded.stripe.errors import Refusal
from embedded.stripe.ledger import Call
from embedded.stripe.store import Body, Query

# Parameters that every list acts on.
PAGING = ("ending_before", "limit", "starting_after")

MAX_LIMIT = 100


def listing(
    call: Call,
    kind: str,
    url: str,
    *,
    fields: dict[str, str] | None = None,
    types: Sequence[str] = (),
    not_before: int | None = None,
) -> Body:
    """A page of the objects of `kind` whose `fields` are equal, as Stripe's list object."""
    params = call.params
    for cursor in ("starting_after", "ending_before"):
        if params.get(cursor):
            call.ledger.need(kind, params[cursor], param=cursor)
    created = _bounds(params.get("created"))
    if not_before is not None:
        created["gte"] = max(not_before, created.get("gte", not_before))
    query = Query(
        kind,
        limit=_limit(params.get("limit", 10)),
        fields=fields or {},
        types=tuple(types),
        created=created,
        after=params.get("starting_after"),
        before=params.get("ending_before"),
    )
    found, more = call.ledger.store.page(query)
    shown = [call.ledger.show(body) for body in found]
    return {"object": "list", "data": shown, "has_more": more, "url": url}


def given(call: Call, *names: str) -> dict[str, str]:
    """Those of the named parameters that the request gives."""
    return {name: call.params[name] for name in names if call.params.get(name)}


def _limit(limit: int) -> int:
    if not 1 <= limit <= MAX_LIMIT:
        raise Refusal(
            f"This value must be between 1 and {MAX_LIMIT}.",
            code="parameter_invalid_integer",
            param="limit",
        )
    return limit


def _bounds(created: Any) -> dict[str, int]:
    if created is None:
        return {}
    return {"gte": created, "lte": created} if isinstance(created, int) else dict(created)
