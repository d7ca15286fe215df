"""Which log the demo replays, for which site, and by how many days it is moved.

The shift is kept in the data directory: a second run sends the same events with the same ids.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import click

from embedded.demo.traffic import write_log
from embedded.errors import StackError
from embedded.stack import CHECKOUT, Stack
from ingest.logs import last_day
from partnerships.days import UnknownZone, day_of

PARTNERSHIPS: Final = CHECKOUT / "demo" / "partnerships.toml"
_SETTLED_MS: Final = 2 * 60 * 60 * 1000
"""A day is complete this long after its end (rules.md §9)."""


@dataclass(frozen=True, slots=True)
class Site:
    """The site whose traffic the log holds."""

    key: str
    host: str
    advertiser: str
    zone: str


@dataclass(frozen=True, slots=True)
class Traffic:
    """A log to replay. `last_day`: its last day after the shift, in the advertiser's zone."""

    log: Path
    partnerships: Path
    site: Site
    shift_days: int
    last_day: date


def traffic(
    stack: Stack, log: Path | None, partnerships: Path | None, site_id: str | None, now_ms: int
) -> Traffic:
    """The log asked for, or the demo's own; raises click.UsageError and StackError."""
    if (log is None) != (partnerships is None):
        raise click.UsageError("--log and --partnerships go together: give both or none.")
    if log is None:
        log = stack.data / "demo" / "access.log"
        if not log.exists():
            write_log(log)
    partnerships = partnerships or PARTNERSHIPS
    site = _site(partnerships, site_id)
    try:
        logged = last_day(log, site.zone)
    except (ValueError, OSError, EOFError) as error:
        raise StackError(f"{log} can't be replayed: {error}") from error
    latest = day_of(now_ms - _SETTLED_MS, site.zone) - timedelta(days=1)
    shift = _kept_shift(stack, log, (latest - logged).days)
    return Traffic(log, partnerships, site, shift, logged + timedelta(days=shift))


def _kept_shift(stack: Stack, log: Path, proposed: int) -> int:
    """The shift of this log's first run here; `proposed` when this is the first."""
    file = stack.data / "demo" / "shifts.json"
    shifts: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    name = sha256(log.read_bytes()).hexdigest()
    if name not in shifts:
        shifts[name] = proposed
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".partial")
        unfinished.write_text(json.dumps(shifts))
        unfinished.replace(file)
    return shifts[name]


def _site(partnerships: Path, site_id: str | None) -> Site:
    try:
        file = tomllib.loads(partnerships.read_text())
        sites = {site["id"]: site for site in file["sites"]}
        accounts = {account["id"]: account for account in file["accounts"]}
        if site_id is None and len(sites) == 1:
            (site_id,) = sites
        if site_id not in sites:
            known = ", ".join(sites)
            raise click.UsageError(f"--site: whose traffic is in the log? One of {known}.")
        return _of(sites[site_id], accounts)
    except (OSError, KeyError, TypeError, IndexError, UnknownZone) as error:
        raise StackError(f"{partnerships} lacks what the demo needs: {error!r}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StackError(f"{partnerships} is not TOML: {error}") from error


def _of(site: Mapping[str, Any], accounts: Mapping[str, Mapping[str, Any]]) -> Site:
    if "key" not in site:
        raise click.UsageError(f"Give the site {site['id']} a `key` in the partnerships file.")
    advertiser = accounts[site["account"]]
    return Site(site["key"], site["hosts"][0], site["account"], advertiser["zone"])
