"""What a person wants to read of a message; unreadable parts are shown as well as they can be."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message."""

    name: str
    type: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A message for reading; `text` and `html` are None when it has no such part."""

    subject: str
    sender: str
    recipients: str
    delivered_to: str
    date: str
    text: str | None
    html: str | None
    attachments: tuple[Attachment, ...]


def letter(content: bytes) -> Letter:
    """The message in `content`; never fails, because anything can be sent by mail."""
    message = message_from_bytes(content, policy=policy.default)
    return Letter(
        subject=_header(message, "subject"),
        sender=_header(message, "from"),
        recipients=_header(message, "to"),
        delivered_to=_header(message, "x-original-to"),
        date=_header(message, "date"),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(_attachment(part) for part in message.iter_attachments()),
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return ", ".join(str(value) for value in message.get_all(name, []))
    except (ValueError, LookupError, AttributeError):
        # The standard parser trips over some malformed headers: show those as they came.
        return next((str(raw) for key, raw in message.raw_items() if key.lower() == name), "")


def _body(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    return None if part is None else _text(part)


def _text(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError):
        # A character set that does not exist: every byte has a character in Latin-1.
        payload = part.get_payload(decode=True)
        return payload.decode("latin-1") if isinstance(payload, bytes) else ""


def _attachment(part: MIMEPart) -> Attachment:
    payload = part.get_payload(decode=True)
    size = len(payload) if isinstance(payload, bytes) else len(part.as_bytes())
    return Attachment(part.get_filename() or "without a name", part.get_content_type(), size)
