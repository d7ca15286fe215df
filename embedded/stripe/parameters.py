"""Request parameters, decoded from forms and checked against the SDK's own parameter types.

A name that the SDK does not know is refused as Stripe refuses it. A name that the SDK knows and
the endpoint does not act on is refused too, with a code that Stripe does not have.
"""

import difflib
import functools
import types
import typing
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal, NoReturn

from stripe import RequestOptions

from embedded.stripe.errors import Refusal

MAX_DEPTH = 8


def decode(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Nested dictionaries from form pairs: `a[b][0]=c` is `{"a": {"b": {"0": "c"}}}`."""
    form: dict[str, Any] = {}
    for name, value in pairs:
        keys = name.replace("]", "").split("[", MAX_DEPTH)
        place = form
        for key in keys[:-1]:
            inner = place.setdefault(key or str(len(place)), {})
            if not isinstance(inner, dict):
                raise _refusal(f"Invalid object: {name}", None, name)
            place = inner
        place[keys[-1] or str(len(place))] = value
    return form


def check(
    parameters: type, form: Mapping[str, Any], *, acts_on: Collection[str] | None = None
) -> dict[str, Any]:
    """The form's values with the types that `parameters` (a type of `stripe.params`) gives them.

    `acts_on` names what the endpoint acts on (`a` with all below it, or `a.b` alone). Raises a
    Refusal for a name that is unknown, missing or not acted on, and for a value of another type.
    """
    checked = _dictionary(parameters, form, path="")
    if acts_on is not None:
        _refuse_ignored(form, acts_on)
    return checked


@functools.cache
def known_names(parameters: type) -> Mapping[str, Any]:
    """Parameter names and their types; the SDK's own request options are none."""
    hints = typing.get_type_hints(parameters, localns={"Mapping": Mapping, "StripeContext": object})
    inherits = RequestOptions in getattr(parameters, "__orig_bases__", ())
    options = RequestOptions.__annotations__ if inherits else {}
    return {name: hint for name, hint in hints.items() if name not in options}


def _dictionary(parameters: type, form: Mapping[str, Any], *, path: str) -> dict[str, Any]:
    known = known_names(parameters)
    unknown = [name for name in form if name not in known]
    if unknown:
        _refuse_unknown(unknown, known, path)
    required: frozenset[str] = getattr(parameters, "__required_keys__", frozenset())
    for name in known:
        if name in required and name not in form:
            param = _join(path, name)
            raise _refusal(f"Missing required param: {param}.", "parameter_missing", param)
    return {name: _value(known[name], form[name], _join(path, name)) for name in form}


def _value(hint: Any, value: Any, path: str) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _one_of(typing.get_args(hint), value, path)
    if isinstance(value, dict):
        return _nested(hint, origin, value, path)
    if value == "" and hint is not str:
        return _empty(hint, path)
    return _scalar(hint, origin, value, path)


def _nested(hint: Any, origin: Any, value: dict[str, Any], path: str) -> Any:
    if _is_typed_dict(hint):
        return _dictionary(hint, value, path=path)
    if origin is list:
        (item,) = typing.get_args(hint)
        return [_value(item, inner, f"{path}[{index}]") for index, inner in value.items()]
    if origin is dict:
        _, item = typing.get_args(hint)
        return {name: _value(item, inner, _join(path, name)) for name, inner in value.items()}
    raise _refusal(f"Invalid value for {path}: it takes no parts", None, path)


def _one_of(hints: tuple[Any, ...], value: Any, path: str) -> Any:
    """The first of several types that takes the value; else the last one's refusal."""
    fitting = [hint for hint in hints if _is_nested(hint) == isinstance(value, dict)]
    if value == "" and Literal[""] in hints:
        return ""
    refusal = _refusal(f"Invalid value for {path}", None, path)
    for hint in fitting:
        try:
            return _value(hint, value, path)
        except Refusal as refused:
            refusal = refused
    raise refusal


def _is_typed_dict(hint: Any) -> bool:
    """The SDK makes its types with typing_extensions, which `typing.is_typeddict` overlooks."""
    return hasattr(hint, "__required_keys__")


def _is_nested(hint: Any) -> bool:
    return _is_typed_dict(hint) or typing.get_origin(hint) in (list, dict)


def _scalar(hint: Any, origin: Any, value: str, path: str) -> Any:
    if hint is bool:
        if value not in ("true", "false"):
            raise _refusal(f"Invalid boolean: {value}", "parameter_invalid_boolean", path)
        return value == "true"
    if hint is int:
        if not value.removeprefix("-").isdecimal():
            raise _refusal(f"Invalid integer: {value}", "parameter_invalid_integer", path)
        return int(value)
    if origin is Literal and value not in typing.get_args(hint):
        choices = ", ".join(typing.get_args(hint))
        raise _refusal(f"Invalid {path}: must be one of {choices}", None, path)
    if _is_nested(hint):
        raise _refusal(f"Invalid {'array' if origin is list else 'object'}", None, path)
    return value


def _empty(hint: Any, path: str) -> Any:
    if typing.get_origin(hint) in (list, dict):
        return None
    raise _refusal(
        f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset"
        f" a parameter; however '{path}' cannot be unset.",
        "parameter_invalid_empty",
        path,
    )


def _refuse_unknown(unknown: list[str], known: Mapping[str, Any], path: str) -> NoReturn:
    names = [_join(path, name) for name in unknown]
    near = difflib.get_close_matches(unknown[0], known, n=1)
    hint = f". Did you mean {_join(path, near[0])}?" if near else ""
    plural = "s" if len(names) > 1 else ""
    raise _refusal(
        f"Received unknown parameter{plural}: {', '.join(names)}{hint}",
        "parameter_unknown",
        names[0],
    )


def _refuse_ignored(form: Mapping[str, Any], acts_on: Collection[str]) -> None:
    for name in _dotted(form):
        parts = name.split(".")
        if not any(".".join(parts[:depth]) in acts_on for depth in range(1, len(parts) + 1)):
            raise _refusal(
                f"Stripe takes the parameter '{name}', but this practice Stripe does not act on it",
                "practice_parameter_not_modelled",
                name,
            )


def _dotted(form: Mapping[str, Any], path: str = "") -> list[str]:
    names: list[str] = []
    for name, value in form.items():
        full = f"{path}.{name}" if path else name
        names += _dotted(value, full) if isinstance(value, dict) else [full]
    return names


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _refusal(message: str, code: str | None, param: str) -> Refusal:
    return Refusal(message, code=code, param=param, saved=False)
