"""`python -m embedded.stripe`: the practice Stripe as one foreground process."""

import time
from contextlib import closing
from pathlib import Path

import click

from embedded.serving import LISTEN, Address, serve
from embedded.stripe.clock import Clock
from embedded.stripe.database import ForeignFormat, open_database
from embedded.stripe.execution import Execution
from embedded.stripe.faults import DroppableConnection, Faults
from embedded.stripe.http import application
from embedded.stripe.store import Store


@click.command()
@click.option(
    "--data",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory of the practice ledger; made when it is not there.",
)
@click.option("--listen", required=True, type=LISTEN, help="Address, like 127.0.0.1:8003.")
def main(data: Path, listen: Address) -> None:
    """Serve the practice Stripe until SIGTERM or Ctrl-C. No card is ever charged here."""
    try:
        connection = open_database(data)
    except ForeignFormat as error:
        raise click.ClickException(str(error)) from error
    with closing(connection):
        clock = Clock(connection, lambda: time.time_ns() / 1e9)
        app = application(Execution(connection, clock), Store(connection), clock, Faults())
        serve("stripe", app, listen, protocol=DroppableConnection)


if __name__ == "__main__":
    main()
