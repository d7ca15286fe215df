"""Every refusal has Stripe's JSON shape, and says whether it changed anything."""

from typing import Any


class Refusal(Exception):
    """A request that is refused and has changed nothing.

    `saved` tells whether the answer is kept under the request's idempotency key: what is refused
    before the endpoint begins to work is not, so that the same key may be used again.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        saved: bool = True,
        details: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.saved = saved
        self.error = error(message, kind=kind, code=code, param=param) | (details or {})

    def body(self) -> dict[str, Any]:
        """The JSON document of the answer."""
        return {"error": self.error}


def error(
    message: str, *, kind: str, code: str | None = None, param: str | None = None
) -> dict[str, Any]:
    """The inner object of an error answer; absent parts are left out, as Stripe does."""
    parts = {
        "code": code,
        "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        if code
        else None,
        "message": message,
        "param": param,
        "type": kind,
    }
    return {name: value for name, value in parts.items() if value is not None}


def missing(kind: str, identifier: str, *, param: str | None = None) -> Refusal:
    """No object of this kind has that id: 404 in the address, 400 in a parameter."""
    return Refusal(
        f"No such {kind}: '{identifier}'",
        status=400 if param else 404,
        code="resource_missing",
        param=param or "id",
    )


def internal_error() -> dict[str, Any]:
    """The document of a 500."""
    return {
        "error": error(
            "An unknown error occurred while this request was carried out.", kind="api_error"
        )
    }
