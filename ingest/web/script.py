"""`GET /t.js` and `/t.<hash>.js`: the tag, as it moves on and as it stays."""

import gzip
from hashlib import sha256
from pathlib import Path
from typing import Final

from ingest.web.answers import Answer
from ingest.web.request import Request

_SOURCE: Final = Path(__file__).parent.parent / "tag" / "t.js"
_HASH_CHARACTERS: Final = 16
_TYPE: Final = (b"content-type", b"text/javascript; charset=utf-8")
# Pages of every origin load it, with or without an integrity attribute.
_READABLE: Final = (b"access-control-allow-origin", b"*")


class Script:
    """The tag's one current version, in memory."""

    def __init__(self, source: bytes | None = None) -> None:
        self._plain = _SOURCE.read_bytes() if source is None else source
        self._gzipped = gzip.compress(self._plain, mtime=0)
        self.hash = sha256(self._plain).hexdigest()[:_HASH_CHARACTERS]
        self._tag = f'"{self.hash}"'.encode()

    def moving(self, request: Request) -> Answer:
        """`/t.js`: browsers ask again after an hour."""
        return self._answer(request, b"public, max-age=3600")

    def fixed(self, request: Request, name: str) -> Answer | None:
        """`/t.<hash>.js`: the same for ever; None for a hash that never was."""
        if name != self.hash:
            return None
        return self._answer(request, b"public, max-age=31536000, immutable")

    def _answer(self, request: Request, cache: bytes) -> Answer:
        kept = ((b"etag", self._tag), (b"cache-control", cache), _READABLE)
        vary = (b"vary", b"accept-encoding")
        if request.header(b"if-none-match") == self._tag.decode():
            return Answer(304, headers=(*kept, vary))
        if "gzip" in request.header(b"accept-encoding"):
            encoding = (b"content-encoding", b"gzip")
            return Answer(200, self._gzipped, (_TYPE, encoding, *kept, vary))
        return Answer(200, self._plain, (_TYPE, *kept, vary))
