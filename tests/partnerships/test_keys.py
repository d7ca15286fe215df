"""The file of keys is made once, whole, and is readable by its owner alone."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from partnerships.keys import KeysError, make_keys, read_keys


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "secrets" / "keys.toml"


def test_keys_are_made_once(path: Path) -> None:
    assert make_keys(path) == "created"
    first = path.read_bytes()
    assert make_keys(path) == "unchanged"
    assert path.read_bytes() == first


def test_only_the_owner_can_read_them(path: Path) -> None:
    before = os.umask(0)
    try:
        make_keys(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [child.name for child in path.parent.iterdir()] == ["keys.toml"]


def test_all_secrets_differ_and_are_long(path: Path) -> None:
    make_keys(path)
    keys = read_keys(path)
    secrets = [keys.visitor, keys.conversion, keys.cookie, keys.session, keys.receipt]
    secrets += [keys.network.secret, keys.token.secret]
    assert len(set(secrets)) == 7
    assert {len(secret) for secret in secrets} == {32}
    assert keys.networks == (keys.network,)
    assert not any(secret.hex() in repr(keys) or repr(secret) in repr(keys) for secret in secrets)


def test_several_makers_at_once_get_the_same_keys(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(make_keys, [path] * 8))
    assert results.count("created") == 1
    read_keys(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o610])
def test_a_file_that_others_can_read_is_refused(path: Path, mode: int) -> None:
    make_keys(path)
    path.chmod(mode)
    for use in (read_keys, make_keys):
        with pytest.raises(KeysError, match=f"chmod 600 {path}"):
            use(path)


def test_a_missing_file_says_how_to_make_it(path: Path) -> None:
    with pytest.raises(KeysError, match="is not there"):
        read_keys(path)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("visitor = ", "visitors = ", "visitor must be 64 hex digits"),
        ('receipt = "', 'receipt = "00', "receipt must be 64 hex digits"),
        ("[token]", "[tokens]", r"\[token\] needs an id"),
        ("[network]", "[network", "can't be read"),
    ],
)
def test_a_damaged_file_says_what_is_wrong(path: Path, old: str, new: str, why: str) -> None:
    make_keys(path)
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(KeysError, match=why):
        read_keys(path)


def test_a_previous_key_is_still_known_after_the_current_one(path: Path) -> None:
    make_keys(path)
    text = path.read_text() + f'[network.previous]\nid = "old"\nsecret = "{"ab" * 32}"\n'
    path.write_text(text)
    keys = read_keys(path)
    assert [key.id for key in keys.networks] == [keys.network.id, "old"]
