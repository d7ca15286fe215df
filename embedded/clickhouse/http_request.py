"""What an HTTP request asks for, from its address and headers."""

import base64
import binascii
import urllib.parse
from dataclasses import dataclass
from email.message import Message

from embedded.clickhouse.failures import Code, refusal
from embedded.clickhouse.settings import Wanted

PARAMETER = "param_"
OURS = frozenset(
    {
        "buffer_size",
        "cancel_http_readonly_queries_on_client_close",
        "client_protocol_version",
        "compress",
        "database",
        "decompress",
        "default_format",
        "enable_http_compression",
        "http_headers_progress_interval_ms",
        "password",
        "query",
        "query_id",
        "quota_key",
        "send_progress_in_http_headers",
        "session_check",
        "session_id",
        "session_timeout",
        "user",
        "wait_end_of_query",
    }
)
"""Arguments that are no settings. Most only tune a real server, and are heard without effect."""

REFUSED = ("compress", "decompress", "session_check")


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    user: str
    password: str
    database: str
    query: str
    settings: dict[str, Wanted]
    parameters: dict[str, str]
    answer_format: str
    """Used where the query names none."""


def request_of(address: str, headers: Message) -> Request:
    """Raises Failure for what this server does not do."""
    url = urllib.parse.urlsplit(address)
    arguments = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
    for name in REFUSED:
        if arguments.get(name) == "1":
            raise refusal(Code.NOT_IMPLEMENTED, f"{name} is not supported over HTTP.")
    encoding = headers.get("Content-Encoding") or "identity"
    if encoding != "identity":
        raise refusal(
            Code.SUPPORT_IS_DISABLED,
            f"Content-Encoding {encoding}: this server has no compression (compress=False).",
        )
    user, password = _credentials(arguments, headers)
    return Request(
        path=url.path,
        user=user,
        password=password,
        database=arguments.get("database") or headers.get("X-ClickHouse-Database") or "",
        query=arguments.get("query", ""),
        settings={
            name: Wanted(value, important=True)
            for name, value in arguments.items()
            if name not in OURS and not name.startswith(PARAMETER)
        },
        parameters={
            name.removeprefix(PARAMETER): value
            for name, value in arguments.items()
            if name.startswith(PARAMETER)
        },
        answer_format=(
            arguments.get("default_format") or headers.get("X-ClickHouse-Format") or "TabSeparated"
        ),
    )


def _credentials(arguments: dict[str, str], headers: Message) -> tuple[str, str]:
    kind, _, encoded = (headers.get("Authorization") or "").partition(" ")
    if kind.lower() == "basic":
        try:
            user, _, password = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise refusal(Code.AUTHENTICATION_FAILED, "Unreadable Authorization.") from None
        return user, password
    return (
        arguments.get("user") or headers.get("X-ClickHouse-User") or "",
        arguments.get("password") or headers.get("X-ClickHouse-Key") or "",
    )
