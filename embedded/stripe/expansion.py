"""The `expand` parameter: ids in an answer become the objects they name."""

from collections.abc import Iterable

from embedded.stripe.errors import Refusal
from embedded.stripe.ledger import Ledger
from embedded.stripe.store import Body

MAX_DEPTH = 4


def expanded(ledger: Ledger, body: Body, paths: Iterable[str]) -> Body:
    """The object or list with each path (`data.balance_transaction`) expanded.

    Raises a Refusal for a path that names nothing that can be expanded.
    """
    shown = body if body["object"] in ("list", "balance") else ledger.show(body)
    for path in paths:
        names = path.split(".")
        if len(names) > MAX_DEPTH:
            raise _refusal(path, f"You cannot expand more than {MAX_DEPTH} levels of a property")
        shown = _expand(ledger, shown, names, path)
    return shown


def _expand(ledger: Ledger, body: Body, names: list[str], path: str) -> Body:
    name, rest = names[0], names[1:]
    if name not in body or name == "id":
        raise _refusal(path, f"This property cannot be expanded ({path})")
    value = body[name]
    if isinstance(value, list) and rest:
        return body | {name: [_expand(ledger, item, rest, path) for item in value]}
    if value is None:
        return body
    inner = value if isinstance(value, dict) else _named(ledger, value, path)
    return body | {name: _expand(ledger, inner, rest, path) if rest else inner}


def _named(ledger: Ledger, value: object, path: str) -> Body:
    found = ledger.store.get(value) if isinstance(value, str) else None
    if found is None:
        raise _refusal(path, f"This property cannot be expanded ({path})")
    return ledger.show(found)


def _refusal(path: str, message: str) -> Refusal:
    return Refusal(f"{message}. (path: {path})", param="expand", saved=False)
