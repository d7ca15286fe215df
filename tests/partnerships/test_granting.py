"""A server key is granted to the holder of a secret; the store never has the secret."""

import stat
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from partnerships import GrantError, grant
from partnerships.catalog import ServerKey
from partnerships.granting import secret_in
from partnerships.store.store import Store
from tests.partnerships.files import applied

SECRET = "cfk_" + "s" * 43


def test_a_grant_is_announced_once(store: Store) -> None:
    applied(store)
    assert grant(store, "bikes", ["import"], SECRET) == "created"
    assert grant(store, "bikes", ["import"], SECRET) == "unchanged"
    assert grant(store, "bikes", ["convert", "import"], SECRET) == "changed"
    [key] = store.catalog().at(store.sequence()).all(ServerKey)
    assert (key.account_id, key.scopes, key.version) == ("bikes", ("convert", "import"), 2)
    with store.reading() as connection:
        rows = connection.execute(text("SELECT k::text FROM partnerships.server_keys k")).scalars()
        assert SECRET not in " ".join(rows)


def test_a_secret_is_of_one_account_and_stays_revoked(store: Store) -> None:
    applied(store)
    with pytest.raises(GrantError, match="There is no account 'nobody'"):
        grant(store, "nobody", ["import"], SECRET)
    grant(store, "bikes", ["import"], SECRET)
    with pytest.raises(GrantError, match="is of the account 'bikes'"):
        grant(store, "letters", ["import"], SECRET)
    with store.changing() as change:
        [key] = change.view().all(ServerKey)
        change.publish(replace(key, version=2, revoked=True))
    with pytest.raises(GrantError, match="was revoked"):
        grant(store, "bikes", ["import"], SECRET)


def test_a_secret_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "import"
    secret = secret_in(path)
    assert secret_in(path) == secret
    assert len(secret) > 40
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("")
    with pytest.raises(GrantError, match="holds no secret"):
        secret_in(path)
