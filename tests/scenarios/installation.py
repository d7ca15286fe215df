"""An installation for the dry run: the partnerships of a file, applied to a real PostgreSQL."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from partnerships.applying import apply
from partnerships.catalog import Catalog
from partnerships.clock import now_ms
from partnerships.keys import Keys, make_keys, read_keys
from partnerships.store.schema import migrate
from partnerships.store.store import Store


@dataclass(frozen=True)
class Installation:
    catalog: Catalog
    keys: Keys


def installed(postgres: str, directory: Path, text: str) -> Installation:
    """Apply a partnerships file's text; keys are made in `directory`."""
    make_keys(directory / "keys.toml")
    keys = read_keys(directory / "keys.toml")
    store = Store(postgres)
    try:
        engine: Engine = store.engine
        migrate(engine)
        apply(store, text, {}, keys.network, now_ms())
        return Installation(store.catalog(), keys)
    finally:
        store.close()
