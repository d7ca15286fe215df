"""Which pages a pattern means, and the order id that a matching page carries.

A pattern is a WHATWG URLPattern of a path, and of the query parameters it names:
`/thanks*`, `/thanks/:product?order=*`, `/done?state=paid&id=:order` (rules.md §5).
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from urlpattern import URLPattern

if TYPE_CHECKING:
    from urlpattern import URLPatternInit, URLPatternResult

MAX_PATTERN: Final = 500
"""Longest pattern in characters: a longer one is surely pasted by mistake."""

# A `?` is also a modifier (`/{fr/}?thanks`); only `?name=` begins the query.
_PARAMETER = re.compile(r"([^=&?*:(){}/\\]+)=")
_GROUP_BEFORE = re.compile(r"(?:[*)}]|:\w+)\Z")
_CLOSED_BY: Final = {"(": ")", "{": "}"}
_ORDER: Final = "order"


class PatternError(ValueError):
    """The text is no pattern; the message is a sentence for the person who typed it."""


class Pattern:
    """A compiled page pattern; raises PatternError.

    `parameters`: the query parameters it names, each of which a page must carry. Parameters that
    it does not name are ignored; of a repeated one the first value counts.
    """

    __slots__ = ("_named_order", "_path", "_query", "parameters", "text")

    def __init__(self, text: str) -> None:
        if not text.startswith("/"):
            raise PatternError("A pattern starts with /")
        if len(text) > MAX_PATTERN:
            raise PatternError(f"A pattern has at most {MAX_PATTERN} characters")
        path, query = _split(text)
        self.text = text
        self._path = _compile({"pathname": path})
        # The `=` keeps URLPattern from dropping a `?` that begins a value.
        self._query = {name: _compile({"search": f"={value}"}) for name, value in query.items()}
        self.parameters = frozenset(query)
        self._named_order = bool(re.search(r"(?<!\\):order(?!\w)", text))

    def matches(self, path: str, query: Iterable[tuple[str, str]]) -> bool:
        """Whether a page with this path and these decoded query parameters is meant."""
        if not self._path.test({"pathname": path}):
            return False
        values = _firsts(query) if self._query else {}
        return all(
            name in values and component.test({"search": f"={values[name]}"})
            for name, component in self._query.items()
        )

    @property
    def carries_order(self) -> bool:
        """Whether a matching page gives an order id by itself."""
        return self._named_order or _ORDER in self.parameters

    def order(self, path: str, query: Iterable[tuple[str, str]]) -> str:
        """The order id of a page; "" when the pattern names none or does not match.

        It is what the group `:order` matched, in the path or in a parameter; in a pattern without
        that group, the whole value of a parameter named `order`.
        """
        pairs = tuple(query)
        if not self.carries_order or not self.matches(path, pairs):
            return ""
        values = _firsts(pairs)
        if not self._named_order:
            return values[_ORDER]
        parts = [self._path.exec({"pathname": path})]
        parts += [part.exec({"search": f"={values[name]}"}) for name, part in self._query.items()]
        return next(filter(None, map(_order_group, parts)), "")

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"


def _firsts(query: Iterable[tuple[str, str]]) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in query:
        values.setdefault(name, value)
    return values


def _order_group(found: "URLPatternResult | None") -> str:
    if found is None:
        return ""
    groups = found["pathname"]["groups"] | found["search"]["groups"]
    return unquote(groups.get(_ORDER) or "")


def _split(text: str) -> tuple[str, dict[str, str]]:
    """The path's pattern, and the pattern of each query parameter it names."""
    outside = list(_outside_brackets(text))
    start = next((at for at in outside if _begins_query(text, at)), None)
    if start is None:
        return text, {}
    cuts = [text.index("?", start), *(at for at in outside if at > start and text[at] == "&")]
    query: dict[str, str] = {}
    for cut, end in zip(cuts, [*cuts[1:], len(text)], strict=True):
        named = _PARAMETER.match(text, cut + 1, end)
        if not named:
            raise PatternError(f"A parameter such as order=* must follow position {cut + 1}")
        if named[1] in query:
            raise PatternError(f"The parameter {named[1]} is named twice")
        query[named[1]] = text[named.end() : end]
    return text[:start], query


def _begins_query(text: str, at: int) -> bool:
    """Whether a `?`, or one written `\\?` as URLPattern wants it after a group, stands here."""
    if text.startswith("\\?", at):
        return True
    if text[at] != "?":
        return False
    modifies = _GROUP_BEFORE.search(text, 0, at) is not None
    return not modifies or _PARAMETER.match(text, at + 1) is not None


def _outside_brackets(text: str) -> Iterator[int]:
    """The positions of the characters outside brackets; raises PatternError for an open one."""
    open_at: list[int] = []
    position = 0
    while position < len(text):
        character = text[position]
        if character == "\\":
            if not open_at:
                yield position
            position += 2
            continue
        if character in "({":
            open_at.append(position)
        elif open_at and character == _CLOSED_BY[text[open_at[-1]]]:
            open_at.pop()
        elif character == "}" and not open_at:
            raise PatternError(f"The bracket closed at position {position + 1} is not opened")
        elif not open_at:
            yield position
        position += 1
    if open_at:
        raise PatternError(f"The bracket opened at position {open_at[0] + 1} is not closed")


def _compile(component: "URLPatternInit") -> URLPattern:
    try:
        return URLPattern(component)
    except ValueError as error:
        shown = component.get("pathname") or component.get("search", "").removeprefix("=")
        raise PatternError(f"{shown!r} can't be read as a pattern: {error}") from error
