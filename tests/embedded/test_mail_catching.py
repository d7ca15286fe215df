"""Every message handed in by SMTP is on disk before it is acknowledged."""

import smtplib
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.embedded.catcher import MailCatcher, running


@pytest.fixture(scope="module")
def catcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailCatcher]:
    with running(tmp_path_factory.mktemp("mail")) as started:
        yield started


def invitation(subject: str, to: str = "partner@example.com") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "Counterfoil <no-reply@counterfoil.example>"
    message["To"] = to
    message.set_content("Harbour Bikes invites you.\n")
    return message


def test_message_is_kept_as_it_was_sent(catcher: MailCatcher) -> None:
    sent = invitation("Einladung für Zoë ☃")
    catcher.send(sent)
    (found,) = [one for one in catcher.messages() if one["subject"] == "Einladung für Zoë ☃"]
    kept = (catcher.directory / f"{found['name']}.eml").read_bytes()
    parsed = message_from_bytes(kept, policy=policy.default)
    assert parsed.get_body() is not None
    assert kept.replace(b"\r\n", b"\n").endswith(sent.as_bytes())
    assert parsed["return-path"] == "<no-reply@counterfoil.example>"
    assert found["to"] == "partner@example.com"


def test_hidden_recipients_are_kept_too(catcher: MailCatcher) -> None:
    with catcher.smtp() as connection:
        connection.send_message(
            invitation("Hidden"), to_addrs=["partner@example.com", "hidden@example.com"]
        )
    (found,) = [one for one in catcher.messages() if one["subject"] == "Hidden"]
    assert found["to"] == "partner@example.com"
    assert found["delivered_to"] == "partner@example.com, hidden@example.com"


def test_messages_are_listed_from_the_newest(catcher: MailCatcher) -> None:
    for number in range(3):
        catcher.send(invitation(f"Order {number}"))
    subjects = [one["subject"] for one in catcher.messages()]
    assert [name for name in subjects if name.startswith("Order")] == [
        "Order 2",
        "Order 1",
        "Order 0",
    ]
    names = [one["name"] for one in catcher.messages()]
    assert names == sorted(names, reverse=True)


def test_message_that_is_too_large_is_refused(catcher: MailCatcher) -> None:
    message = invitation("Large")
    message.add_attachment(bytes(20 * 1024 * 1024), maintype="application", subtype="zip")
    with pytest.raises((smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)) as caught:
        catcher.send(message)
    assert "552" in str(caught.value)
    assert all(one["subject"] != "Large" for one in catcher.messages())


def test_message_that_cannot_be_stored_is_for_later(tmp_path: Path) -> None:
    with running(tmp_path / "mail") as catcher:
        (tmp_path / "mail").rmdir()
        with pytest.raises(smtplib.SMTPDataError) as caught:
            catcher.send(invitation("Later"))
        assert caught.value.smtp_code == 451
        (tmp_path / "mail").mkdir()
        catcher.send(invitation("Later"))
        assert [one["subject"] for one in catcher.messages()] == ["Later"]


def test_killed_catcher_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    with running(tmp_path) as catcher:
        catcher.send(invitation("Kept"))
        catcher.kill()
        catcher.start()
        assert [one["subject"] for one in catcher.messages()] == ["Kept"]
        assert catcher.stop() == 0


def test_taken_port_is_told_in_words(catcher: MailCatcher, tmp_path: Path) -> None:
    second = MailCatcher(tmp_path)
    second.smtp_port = catcher.smtp_port
    with pytest.raises(AssertionError, match="exit code 1"):
        second.start()
