"""The front end is built once, from a lock file that any registry can serve."""

import gzip
import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from dashboards import building
from dashboards.built import NotBuilt, read_built

HOSTS = re.compile(r"https?://[^\"\s]*registry|\"resolved\"")


def test_what_has_not_changed_is_not_built_again(front_end: None) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in read_built().directory.iterdir()}
    assert building.build(os.environ) == "unchanged"
    after = {path.name: path.stat().st_mtime_ns for path in read_built().directory.iterdir()}
    assert after == before


def test_names_change_with_content(front_end: None) -> None:
    names = read_built().names
    assert {"app.js", "app.css", "icon.svg"} <= names.keys()
    for plain, hashed in names.items():
        stem, _, end = plain.rpartition(".")
        assert re.fullmatch(rf"{stem}-\w+\.{end}", hashed)


def test_the_lock_file_names_no_registry() -> None:
    lock = (building.WEB / "package-lock.json").read_text()
    assert not HOSTS.search(lock)
    packages = json.loads(lock)["packages"]
    assert all("integrity" in package for name, package in packages.items() if name)


def test_a_page_weighs_less_than_it_may(front_end: None) -> None:
    """150 kB brotli is the limit; gzip is never smaller."""
    built = read_built()
    sizes: Counter[str] = Counter()
    for name in ("app.js", "app.css", "icon.svg"):
        sizes[name] = len(gzip.compress((built.directory / built.names[name]).read_bytes()))
    assert sizes.total() < 60_000


def test_a_missing_build_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt, match="python -m dashboards build"):
        read_built(tmp_path)
