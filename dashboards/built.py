"""The front end's built files under their hashed names."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DIRECTORY: Final = Path(__file__).parent / "static" / "built"
MANIFEST: Final = "manifest.json"
URL: Final = "/static/"


class NotBuilt(Exception):
    """The front end is not there; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Built:
    """`names`: hashed names by plain ones, such as `app.js`."""

    directory: Path
    names: Mapping[str, str]

    def url(self, name: str) -> str:
        """Where a page finds a file; its content never changes under this address."""
        return URL + self.names[name]

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return name in self.names


def read_built(directory: Path = DIRECTORY) -> Built:
    """What `python -m dashboards build` made; raises NotBuilt."""
    try:
        manifest = json.loads((directory / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        raise NotBuilt("The pages are not built. Run: python -m dashboards build") from error
    return Built(directory, manifest["names"])
