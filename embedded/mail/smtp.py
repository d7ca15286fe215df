"""The SMTP side: 250 means that the message is on disk, 451 that the sender must try again."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from embedded.mail.mailbox import Mailbox

MAX_MESSAGE_BYTES = 25 * 1024 * 1024

_log = structlog.get_logger()


class Catcher:
    """Keeps every message that is handed in."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Called by aiosmtpd, which sets the name; returns the answer to the sender."""
        try:
            name = self._mailbox.keep(_delivered(envelope))
        except OSError as error:
            _log.error("message not stored", reason=str(error))
            return "451 4.3.0 The message could not be stored. Try again later."
        _log.info("caught", message=name, recipients=len(envelope.rcpt_tos))
        return f"250 2.0.0 Kept as {name}"


@asynccontextmanager
async def catching(mailbox: Mailbox, listener: socket.socket) -> AsyncIterator[None]:
    """Take messages on `listener` while the block runs."""
    catcher = Catcher(mailbox)

    def connection() -> SMTP:
        return SMTP(
            catcher,
            hostname="counterfoil.localhost",
            data_size_limit=MAX_MESSAGE_BYTES,
            enable_SMTPUTF8=True,
        )

    server = await asyncio.get_running_loop().create_server(connection, sock=listener)
    try:
        yield
    finally:
        server.close()


def _delivered(envelope: Envelope) -> bytes:
    """The message with the envelope on top, as a mail server would write it on delivery."""
    content = envelope.original_content or b""
    lines = [f"Return-Path: <{envelope.mail_from or ''}>"]
    lines += [f"X-Original-To: {recipient}" for recipient in envelope.rcpt_tos]
    return "".join(f"{line}\r\n" for line in lines).encode(errors="surrogateescape") + content
