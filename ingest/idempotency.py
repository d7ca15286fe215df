"""One idempotency key stands for one body: another body under it is a mistake of the caller."""

from collections import OrderedDict
from hashlib import blake2b
from typing import Final

_REMEMBERED: Final = 100_000
_DIGEST_BYTES: Final = 16


class IdempotencyKeys:
    """Remembers the newest keys of this collector's life."""

    def __init__(self) -> None:
        self._digests: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    def conflicts(self, owner: str, key: str, body: bytes) -> bool:
        """Whether the owner used this key for another body before; else remembers this one."""
        digest = blake2b(body, digest_size=_DIGEST_BYTES).digest()
        known = self._digests.setdefault((owner, key), digest)
        self._digests.move_to_end((owner, key))
        if len(self._digests) > _REMEMBERED:
            self._digests.popitem(last=False)
        return known != digest
