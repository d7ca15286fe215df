"""Which keys have work for a tick, and since when."""

from collections.abc import Iterator

_SECOND_MS = 1000


class DueKeys:
    """Keys in buckets of a second, so that a tick looks only at those that may be due."""

    def __init__(self) -> None:
        self._since: dict[bytes, int] = {}
        self._seconds: dict[int, set[bytes]] = {}

    def put(self, key: bytes, since_ms: int) -> None:
        """The key has work since then; 0: none."""
        before = self._since.get(key, 0)
        if since_ms == before:
            return
        if before:
            self._remove(key, before)
        if since_ms:
            self._since[key] = since_ms
            self._seconds.setdefault(since_ms // _SECOND_MS, set()).add(key)

    def until(self, limit_ms: int) -> Iterator[tuple[int, bytes]]:
        """Those that have work since the limit or earlier, with their time, in no order."""
        for second, keys in self._seconds.items():
            if second <= limit_ms // _SECOND_MS:
                for key in keys:
                    if (since_ms := self._since[key]) <= limit_ms:
                        yield since_ms, key

    def _remove(self, key: bytes, since_ms: int) -> None:
        del self._since[key]
        bucket = self._seconds[since_ms // _SECOND_MS]
        bucket.remove(key)
        if not bucket:
            del self._seconds[since_ms // _SECOND_MS]
