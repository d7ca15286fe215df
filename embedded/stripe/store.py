"""Objects of the practice ledger by id, in order of creation, and the sums of its money."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from embedded.stripe.database import FILTERS

# An object as Stripe shows it; names that begin with an underscore are ours and never leave.
Body = dict[str, Any]

COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


@dataclass(frozen=True, slots=True)
class Query:
    """Which objects of one kind are asked for; `after` and `before` are ids, newest first.

    `fields` must be equal, `types` are patterns of which one must match (`charge.*`), `created`
    holds the bounds `gt`, `gte`, `lt` and `lte` in epoch seconds.
    """

    kind: str
    limit: int = 10
    fields: Mapping[str, str] = field(default_factory=dict)
    types: tuple[str, ...] = ()
    created: Mapping[str, int] = field(default_factory=dict)
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """The sum of one type of balance transactions in one currency, in minor units."""

    currency: str
    type: str
    available: bool
    amount_minor: int
    fee_minor: int
    net_minor: int


class Store:
    """Reads and writes objects; the caller holds the transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, identifier: str) -> Body | None:
        row = self._connection.execute(
            "SELECT body FROM objects WHERE id = ?", (identifier,)
        ).fetchone()
        return None if row is None else _decode(row[0])

    def put(self, body: Body) -> None:
        """Insert the object, or replace the one with its id; its place in lists stays."""
        self._connection.execute(
            "INSERT INTO objects (id, kind, created, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            (body["id"], body["object"], body["created"], json.dumps(body)),
        )

    def page(self, query: Query) -> tuple[list[Body], bool]:
        """The objects asked for, newest first, and whether there are more that way."""
        conditions, values = _conditions(query)
        order = "ASC" if query.before else "DESC"
        rows = self._connection.execute(
            f"SELECT body FROM objects WHERE {' AND '.join(conditions)}"
            f" ORDER BY sequence {order} LIMIT ?",
            (*values, query.limit + 1),
        ).fetchall()
        found = [_decode(body) for (body,) in rows[: query.limit]]
        return (found[::-1] if query.before else found), len(rows) > query.limit

    def count(self, kind: str) -> int:
        (number,) = self._connection.execute(
            "SELECT count(*) FROM objects WHERE kind = ?", (kind,)
        ).fetchone()
        return int(number)

    def transferred_minor(self, charge: str) -> int:
        """What transfers took from this charge, less what came back."""
        (total,) = self._connection.execute(
            "SELECT coalesce(sum((body ->> '$.amount') - (body ->> '$.amount_reversed')), 0)"
            " FROM objects WHERE kind = 'transfer' AND body ->> '$.source_transaction' = ?",
            (charge,),
        ).fetchone()
        return int(total)

    def movements(self, now: int) -> list[Movement]:
        """Sums of all balance transactions; those with `available_on` <= now are available."""
        rows = self._connection.execute(
            "SELECT body ->> '$.currency', body ->> '$.type', body ->> '$.available_on' <= ?,"
            " sum(body ->> '$.amount'), sum(body ->> '$.fee'), sum(body ->> '$.net')"
            " FROM objects WHERE kind = 'balance_transaction' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            (now,),
        )
        return [Movement(row[0], row[1], bool(row[2]), *row[3:]) for row in rows]


def _decode(text: str) -> Body:
    body: Body = json.loads(text)
    return body


def _conditions(query: Query) -> tuple[list[str], list[str | int]]:
    conditions = ["kind = ?"]
    values: list[str | int] = [query.kind]

    def require(condition: str, *needed: str | int) -> None:
        conditions.append(condition)
        values.extend(needed)

    for name, value in query.fields.items():
        assert name in FILTERS, f"lists are not filtered by {name}"
        require(f"body ->> '$.{name}' = ?", value)
    for name, seconds in query.created.items():
        require(f"created {COMPARISONS[name]} ?", seconds)
    if query.types:
        choices = " OR ".join("body ->> '$.type' GLOB ?" for _ in query.types)
        require(f"({choices})", *query.types)
    if query.after:
        require("sequence < (SELECT sequence FROM objects WHERE id = ?)", query.after)
    if query.before:
        require("sequence > (SELECT sequence FROM objects WHERE id = ?)", query.before)
    return conditions, values
