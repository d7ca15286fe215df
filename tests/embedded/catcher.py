"""A mail catcher of its own for a test: started, sent to, killed, started again."""

import json
import smtplib
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

from tests.embedded.practice_stripe import PATIENCE_SECONDS, free_port, wait_for_port


class MailCatcher:
    """The process `python -m embedded.mail` on free ports, and ways to talk to it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.address = f"127.0.0.1:{free_port()}"
        self.smtp_port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "embedded.mail", "--data", str(self.directory)]
        smtp = f"127.0.0.1:{self.smtp_port}"
        self._process = subprocess.Popen([*command, "--listen", self.address, "--smtp", smtp])
        wait_for_port(self.address, self._process)

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(PATIENCE_SECONDS)

    def smtp(self) -> smtplib.SMTP:
        return smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=PATIENCE_SECONDS)

    def send(self, message: EmailMessage) -> None:
        with self.smtp() as connection:
            connection.send_message(message)

    def send_raw(self, content: bytes) -> None:
        with self.smtp() as connection:
            connection.sendmail("from@example.com", ["to@example.com"], content)

    def open(self, path: str) -> HTTPResponse:
        response = urllib.request.urlopen(f"http://{self.address}{path}", timeout=PATIENCE_SECONDS)
        assert isinstance(response, HTTPResponse)
        return response

    def text(self, path: str) -> str:
        with self.open(path) as response:
            return response.read().decode()

    def messages(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.text("/messages.json"))
        return found


@contextmanager
def running(directory: Path) -> Iterator[MailCatcher]:
    """A mail catcher over `directory`, ended with the block."""
    catcher = MailCatcher(directory)
    catcher.start()
    try:
        yield catcher
    finally:
        catcher.kill()
