"""The caught messages on a page; their HTML can do nothing."""

import urllib.error
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from embedded.mail.message import letter
from tests.embedded.catcher import MailCatcher, running

HOSTILE = (
    "<html><head><title>x</title></head><body><script>alert(1)</script><b>Hi</b></body></html>"
)


@pytest.fixture(scope="module")
def catcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailCatcher]:
    with running(tmp_path_factory.mktemp("mail")) as started:
        yield started


def newsletter() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "<i>Terms</i> & links"
    message["From"] = '"A <b>" <from@example.com>'
    message["To"] = "to@example.com"
    message.set_content("Read https://counterfoil.example/i/abc?x=1&y=2. <script>\n")
    message.add_alternative(HOSTILE, subtype="html")
    message.add_attachment(b"abc", maintype="image", subtype="png", filename="media.png")
    return message


def sent(catcher: MailCatcher) -> str:
    catcher.send(newsletter())
    return str(catcher.messages()[0]["name"])


def test_empty_page_says_what_will_be_here(tmp_path: Path) -> None:
    with running(tmp_path) as catcher:
        assert "No messages." in catcher.text("/")
        assert catcher.messages() == []


def test_overview_escapes_and_links(catcher: MailCatcher) -> None:
    name = sent(catcher)
    page = catcher.text("/")
    assert f'<a href="/messages/{name}">&lt;i&gt;Terms&lt;/i&gt; &amp; links</a>' in page
    assert "to@example.com" in page


def test_text_is_escaped_and_its_addresses_can_be_followed(catcher: MailCatcher) -> None:
    page = catcher.text(f"/messages/{sent(catcher)}")
    address = "https://counterfoil.example/i/abc?x=1&amp;y=2"
    assert f'<a href="{address}" rel="noreferrer">{address}</a>. &lt;script&gt;' in page
    assert "media.png (image/png, 3 bytes)" in page
    assert "alert(1)" not in page


def test_html_is_shown_in_a_sandbox_without_scripts(catcher: MailCatcher) -> None:
    name = sent(catcher)
    page = catcher.text(f"/messages/{name}")
    sandbox = 'sandbox="allow-popups allow-popups-to-escape-sandbox"'
    assert f'<iframe src="/messages/{name}/html" {sandbox}' in page
    with catcher.open(f"/messages/{name}/html") as response:
        policy = response.headers["content-security-policy"]
        shown = response.read().decode()
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "allow-scripts" not in policy
    assert '<head><base target="_blank">' in shown


def test_source_is_what_was_stored(catcher: MailCatcher) -> None:
    name = sent(catcher)
    with catcher.open(f"/messages/{name}.eml") as response:
        assert response.headers["content-type"].startswith("message/rfc822")
        assert response.read() == (catcher.directory / f"{name}.eml").read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "/messages/00000000000000000000-00000000",
        "/messages/..%2f..%2fetc%2fpasswd",
        "/messages/x/html",
        "/messages/x.eml",
    ],
)
def test_unknown_message_is_not_found(catcher: MailCatcher, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        catcher.open(path)
    assert caught.value.code == 404
    caught.value.close()


def test_older_messages_are_one_link_away(tmp_path: Path) -> None:
    with running(tmp_path) as catcher:
        with catcher.smtp() as connection:
            for number in range(101):
                message = EmailMessage()
                message["Subject"] = f"Number {number}."
                message["From"] = message["To"] = "a@example.com"
                connection.send_message(message)
        page = catcher.text("/")
        assert "Number 100." in page
        assert "Number 0." not in page
        (link,) = [part.split('"')[0] for part in page.split('href="') if part[:9] == "/?before="]
        older = catcher.text(link)
        assert "Number 0." in older
        assert "Older messages" not in older


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00 no message at all",
        b"From: <\r\nTo: ,,;;<>@\r\nSubject: =?utf-8?b?!!?=\r\n\r\nbody",
        b"Content-Type: text/plain; charset=nope\r\n\r\n\xe9",
        b'Content-Type: text/plain; charset="a\0b"\r\n\r\n\xe9',
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n\r\nunfinished",
        b"Content-Transfer-Encoding: base64\r\nContent-Type: text/html\r\n\r\n!!!",
    ],
)
def test_broken_message_is_still_shown(catcher: MailCatcher, content: bytes) -> None:
    letter(content)
    catcher.send_raw(content)
    name = catcher.messages()[0]["name"]
    assert "from@example.com" in (catcher.directory / f"{name}.eml").read_text("latin-1")
    assert "Delivered to" in catcher.text(f"/messages/{name}")
