"""Metadata under Stripe's limits: 50 keys, 40 characters a key, 500 a value."""

from typing import Any

from embedded.stripe.errors import Refusal

MAX_KEYS = 50
MAX_KEY_LENGTH = 40
MAX_VALUE_LENGTH = 500


def merged(before: dict[str, str], given: Any) -> dict[str, str]:
    """The keys before with those given: an empty value takes a key away, "" takes all away."""
    if given is None:
        return before
    if given == "":
        return {}
    after = {key: value for key, value in (before | given).items() if value != ""}
    for key, value in after.items():
        _check(key, value)
    if len(after) > MAX_KEYS:
        raise Refusal(f"Metadata can have up to {MAX_KEYS} keys", param="metadata")
    return after


def _check(key: str, value: str) -> None:
    if len(key) > MAX_KEY_LENGTH:
        raise Refusal(
            f"Metadata keys can have up to {MAX_KEY_LENGTH} characters: {key}", param="metadata"
        )
    if len(value) > MAX_VALUE_LENGTH:
        raise Refusal(
            f"Metadata values can have up to {MAX_VALUE_LENGTH} characters: {key}",
            param=f"metadata[{key}]",
        )
