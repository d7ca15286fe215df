"""`python -m embedded.postgres`: the server as one foreground process."""

import os
import sys
from pathlib import Path

import click

from embedded.errors import StackError
from embedded.postgres.account import Account
from embedded.postgres.cluster import Cluster, prepare, run


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Its directory.")
def main(data: Path) -> None:
    """Run one PostgreSQL on a unix socket until SIGINT."""
    cluster = Cluster(data.absolute(), os.geteuid())
    try:
        account = Account.current()
        prepare(cluster, account)
    except StackError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    run(cluster, account)


main()
