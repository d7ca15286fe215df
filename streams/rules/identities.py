"""The ids of facts: keyed hashes of event ids and what they count, 32 hex digits (rules.md §1)."""

from hashlib import blake2b

from partnerships.catalog import Count

# No id of ours contains it, and what a client chose (an order id) always stands last.
_BETWEEN = "\x1f"


class Identities:
    """Makes ids with the conversion secret, which never rotates, so a repeat has the same ids."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def session(self, visitor: str, event_id: str) -> str:
        """The session that this event of the visitor opened."""
        return self._id("session", visitor, event_id)

    def touch(self, visitor: str, event_id: str) -> str:
        """The touch that this event of the visitor made, or a server item's token stands for."""
        return self._id("touch", visitor, event_id)

    def conversion(self, event_id: str, objective_id: str) -> str:
        """The row of an event and an objective, the same from candidate to statement."""
        return self._id("conversion", objective_id, event_id)

    def once(self, objective_id: str, agreement_id: str, count: Count, identity: str) -> str:
        """What is paid once: `agreement_id` is "" unless the objective is a click."""
        return self._id("once", objective_id, agreement_id, count, identity)

    def click(self, objective_id: str, nonce: str) -> str:
        """What a click of this token takes, whoever the visitor."""
        return self._id("click", objective_id, nonce)

    def _id(self, *parts: str) -> str:
        text = _BETWEEN.join(parts).encode()
        return blake2b(text, key=self._secret, digest_size=16).hexdigest()
