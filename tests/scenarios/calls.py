"""Collector calls as data: what the generated traffic file holds, one JSON object a line.

A token stands as `TOKEN[code|clicked_at|nonce|flags]`: who sends the file seals it with the
installation's key, who recounts it reads it as it stands.
"""

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

TOKEN: Final = re.compile(r"TOKEN\[([^|\]]+)\|(\d+)\|([0-9a-f]*)\|([a-z_+]*)\]")
BROWSER: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"


@dataclass(frozen=True, slots=True)
class Call:
    """One request; `key`: the scope of the bearer key it carries, or ""."""

    endpoint: str
    key: str
    headers: dict[str, str]
    body: list[dict[str, Any]]


def token(code: str, clicked_at: int, nonce: int, *flags: str) -> str:
    """The placeholder of a click token."""
    return f"TOKEN[{code}|{clicked_at}|{nonce:016x}|{'+'.join(flags)}]"


def sealed(text: str, seal: Callable[[str, int, str, tuple[str, ...]], str]) -> str:
    """The text with every placeholder replaced by a real token."""

    def replace(found: re.Match[str]) -> str:
        flags = tuple(flag for flag in found[4].split("+") if flag)
        return seal(found[1], int(found[2]), found[3], flags)

    return TOKEN.sub(replace, text)


def write(path: Path, calls: list[Call]) -> None:
    path.write_text("".join(json.dumps(asdict(call)) + "\n" for call in calls))


def read(path: Path) -> list[Call]:
    return [Call(**json.loads(line)) for line in path.read_text().splitlines()]
