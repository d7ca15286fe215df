"""`python -m embedded.kafka`: the broker as one foreground process."""

import sys
from pathlib import Path

import click

from embedded.errors import StackError
from embedded.kafka.broker import Broker, prepare, run
from embedded.kafka.jars import fetch


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Its log directory.")
@click.option("--jars", type=click.Path(path_type=Path), required=True, help="The jar cache.")
@click.option("--port", type=int, required=True, help="Port of clients on 127.0.0.1.")
@click.option("--controller-port", type=int, required=True, help="Port of its own controller.")
def main(data: Path, jars: Path, port: int, controller_port: int) -> None:
    """Run one Kafka broker on loopback until SIGTERM."""
    broker = Broker(data.absolute(), jars.absolute(), port, controller_port)
    try:
        fetch(broker.jars, lambda done, total: None)
        prepare(broker)
    except StackError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    run(broker)


main()
