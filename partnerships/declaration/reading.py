"""Reads a partnerships file into entries; every value that can't be used is a problem with its
place, and the rest is still read, so that all problems of a file show at once.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from partnerships.declaration import fields
from partnerships.declaration.fields import Read, Wrong
from partnerships.declaration.problems import DeclarationError, Problem

MAX_CHARACTERS: Final = 4_000_000


class Fields(NamedTuple):
    """The fields of a table, each with what reads its value."""

    required: Mapping[str, Read]
    optional: Mapping[str, Read]


INSTALLATION: Final = Fields(
    {},
    {
        "fee_rate_bps": fields.whole(0, 5_000),
        "hold_days": fields.whole(0, 90),
        "transfer_minimum": fields.amount,
    },
)

TABLES: Final[Mapping[str, Fields]] = {
    "accounts": Fields(
        {
            "id": fields.slug,
            "name": fields.text,
            "zone": fields.zone,
            "currency": fields.currency,
        },
        {
            "legal_name": fields.text,
            "country": fields.country,
            "email": fields.email,
            "password": fields.password,
            "card": fields.card,
            "transfers": fields.flag,
            "networks": fields.networks,
        },
    ),
    "sites": Fields(
        {
            "id": fields.slug,
            "account": fields.slug,
            "hosts": fields.hosts,
            "landing": fields.url,
        },
        {"key": fields.site_key, "verified_from": fields.day},
    ),
    "objectives": Fields(
        {
            "id": fields.slug,
            "site": fields.slug,
            "name": fields.text,
            "type": fields.choice("click", "lead", "appointment", "sale"),
        },
        {
            "page": fields.pattern,
            "event": fields.event_name,
            "server": fields.flag,
            "count": fields.choice("order", "visitor", "session", "day"),
            "credit": fields.choice("last", "first"),
            "from": fields.day,
        },
    ),
    "agreements": Fields(
        {
            "id": fields.slug,
            "site": fields.slug,
            "partner": fields.slug,
            "objective": fields.slug,
            "price": fields.positive_amount,
            "budget": fields.positive_amount,
            "fee_paid_by": fields.choice("partner", "half", "payer"),
        },
        {
            "window_days": fields.whole(1, 365),
            "accepted_on": fields.day,
            "ended_on": fields.day,
        },
    ),
    "links": Fields(
        {"site": fields.slug, "partner": fields.slug},
        {"code": fields.link_code, "landing": fields.url},
    ),
    "campaigns": Fields(
        {
            "site": fields.slug,
            "partner": fields.slug,
            "parameter": fields.parameter,
            "value": fields.text,
        },
        {"from": fields.day},
    ),
    "referrers": Fields(
        {"site": fields.slug, "partner": fields.slug, "host": fields.host},
        {"from": fields.day},
    ),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a table; `values` holds the fields that could be read, and no others.

    `broken`: a field that is there could not be read, so its absence means nothing.
    """

    table: str
    index: int
    id: str
    values: Mapping[str, Any]
    broken: frozenset[str] = frozenset()

    def get(self, field: str) -> Any:
        """The value of a field; None where there is none that can be used."""
        return self.values.get(field)

    def has(self, *names: str) -> bool:
        """Whether all these fields are there and could be read."""
        return all(name in self.values for name in names)

    def problem(self, field: str, message: str) -> Problem:
        """A problem of this entry's field."""
        return Problem(self.table, self.index, self.id, field, message)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A file as it was read; `problems`: what could not be."""

    installation: Entry
    entries: Mapping[str, tuple[Entry, ...]]
    problems: tuple[Problem, ...]


def read_declaration(text: str, replacements: Mapping[str, str] | None = None) -> Declaration:
    """Read a file, each `{NAME}` replaced first; raises DeclarationError if it is no TOML."""
    for name, value in (replacements or {}).items():
        text = text.replace(f"{{{name}}}", value)
    if len(text) > MAX_CHARACTERS:
        raise DeclarationError([_of_file(f"has more than {MAX_CHARACTERS} characters: divide it")])
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DeclarationError([_of_file(f"is no TOML: {error}")]) from error
    return read_document(document)


def read_document(document: Mapping[str, object]) -> Declaration:
    """Read the tables of a file that is TOML; what can't be used is a problem."""
    reader = _Reader([])
    installation = document.get("installation", {})
    read = reader.entry("installation", 0, installation, INSTALLATION)
    entries = {table: tuple(reader.table(table, document.get(table, []))) for table in TABLES}
    for unknown in document.keys() - {"installation", *TABLES}:
        reader.report(unknown, f"unknown table; there are installation, {', '.join(TABLES)}")
    return Declaration(read, entries, tuple(reader.problems))


def _of_file(message: str) -> Problem:
    return Problem("the file", 0, "", "", message)


@dataclass(frozen=True, slots=True)
class _Reader:
    problems: list[Problem]

    def report(self, table: str, message: str) -> None:
        self.problems.append(Problem(table, 0, "", "", message))

    def table(self, table: str, found: object) -> Iterator[Entry]:
        if not isinstance(found, list):
            self.report(table, f"should be written as [[{table}]], once for each")
            return
        for index, each in enumerate(found, 1):
            yield self.entry(table, index, each, TABLES[table])

    def entry(self, table: str, index: int, found: object, spec: Fields) -> Entry:
        if not isinstance(found, dict):
            self.report(table, f"should be a table such as [{table}]")
            return Entry(table, index, "", {})
        values: dict[str, Any] = {}
        problems = {field: "is missing" for field in spec.required if field not in found}
        readers = {**spec.required, **spec.optional}
        for field, value in found.items():
            try:
                values[field] = readers.get(field, _unknown(readers))(value)
            except Wrong as error:
                problems[field] = str(error)
        named = found.get("id")
        entry = Entry(table, index, named if isinstance(named, str) else "", values)
        self.problems.extend(entry.problem(*problem) for problem in problems.items())
        return replace(entry, broken=frozenset(problems))


def _unknown(known: Iterable[str]) -> Read:
    def read(_: object) -> None:
        raise Wrong(f"unknown field; there are {', '.join(known)}")

    return read
