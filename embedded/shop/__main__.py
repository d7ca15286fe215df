"""`python -m embedded.shop`: the demo shop as one foreground process."""

import click

from embedded.serving import LISTEN, Address, serve
from embedded.shop.http import Tag, application


@click.command()
@click.option("--listen", required=True, type=LISTEN, help="Address, like 127.0.0.1:8002.")
@click.option("--collector", required=True, help="Address of the collector that serves the tag.")
@click.option(
    "--site",
    required=True,
    envvar="COUNTERFOIL_SHOP_SITE",
    show_envvar=True,
    help="The site key in the tag.",
)
def main(listen: Address, collector: str, site: str) -> None:
    """Serve the demo shop until SIGTERM or Ctrl-C. Nothing is ever delivered."""
    serve("shop", application(Tag(collector, site)), listen)


if __name__ == "__main__":
    main()
