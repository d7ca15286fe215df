"""`python -m embedded.mail`: the mail catcher as one foreground process."""

import time
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import click
from starlette.applications import Starlette

from embedded.mail.http import application
from embedded.mail.mailbox import Mailbox
from embedded.mail.smtp import catching
from embedded.serving import LISTEN, Address, bind, serve


@click.command()
@click.option(
    "--data",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory of the caught messages (.eml); made when it is not there.",
)
@click.option("--listen", required=True, type=LISTEN, help="Page, like 127.0.0.1:8004.")
@click.option("--smtp", required=True, type=LISTEN, help="SMTP, like 127.0.0.1:8005.")
def main(data: Path, listen: Address, smtp: Address) -> None:
    """Catch mail until SIGTERM or Ctrl-C. No message leaves this machine."""
    mailbox = Mailbox(data, time.time_ns)
    listener = bind(smtp)

    def lifespan(_app: Starlette) -> AbstractAsyncContextManager[None]:
        return catching(mailbox, listener)

    serve("mail", application(mailbox, lifespan), listen)


if __name__ == "__main__":
    main()
