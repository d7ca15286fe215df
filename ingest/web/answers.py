"""How the collector answers: JSON with a reason, and what browsers of other origins may see."""

from dataclasses import dataclass
from typing import Final

import msgspec

Headers = tuple[tuple[bytes, bytes], ...]

_JSON: Final = (b"content-type", b"application/json")
_NO_STORE: Final = (b"cache-control", b"no-store")
_RETRY_SECONDS: Final = b"1"
_encoder: Final = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response. `headers` without the content's length."""

    status: int
    body: bytes = b""
    headers: Headers = ()


class Problem(Exception):
    """A request that is answered as a whole with a 4xx or 503; `reason` is a sentence."""

    def __init__(self, status: int, reason: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = headers

    def answer(self) -> Answer:
        """The response: `{"reason": …}`."""
        return json(self.status, {"reason": self.reason}, *self.headers)


def json(status: int, value: object, *headers: tuple[bytes, bytes]) -> Answer:
    """A JSON response that nobody keeps."""
    return Answer(status, _encoder.encode(value), (_JSON, _NO_STORE, *headers))


def unavailable(reason: str) -> Problem:
    """503: nothing was promised, send it again."""
    return Problem(503, reason, (b"retry-after", _RETRY_SECONDS))


def cross_origin(answer: Answer, origin: str) -> Answer:
    """The answer, readable by the page of whatever origin that sent the request."""
    if not origin:
        return answer
    allowed = (
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"origin"),
    )
    return Answer(answer.status, answer.body, (*answer.headers, *allowed))
