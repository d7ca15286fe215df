"""`python -m dashboards build | serve`."""

import os

import click

from dashboards.building import BuildError
from dashboards.building import build as build_pages


@click.group()
def main() -> None:
    """Shows it, and takes people's decisions."""


@main.command()
def build() -> None:
    """Build the pages' scripts and styles, if anything of them has changed."""
    try:
        outcome = build_pages(os.environ)
    except BuildError as error:
        raise click.ClickException(str(error)) from error
    click.echo("The pages are built." if outcome == "built" else "Nothing has changed.")


@main.command()
def serve() -> None:
    """Serve the pages until SIGTERM."""
    # Here, because a build needs none of the engines' clients and is over in a moment.
    from dashboards.built import NotBuilt
    from dashboards.serving import CannotListen
    from dashboards.serving import serve as serve_pages
    from dashboards.settings import SettingsError
    from partnerships.keys import KeysError

    try:
        serve_pages(os.environ)
    except (SettingsError, KeysError, NotBuilt, CannotListen) as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
