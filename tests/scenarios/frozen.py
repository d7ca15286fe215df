"""One comparison with everything it needs in a folder, so that mutated rules can be tried on it.

`python -m tests.scenarios.frozen DIRECTORY` exits 0 when the rules equal the recount, else 1.
"""

import json
import sys
from pathlib import Path
from typing import Final

from partnerships.catalog import Catalog, decode, encode
from partnerships.keys import read_keys
from tests.oracle.agreed import read
from tests.oracle.arrivals import arrivals
from tests.oracle.visits import recount
from tests.scenarios import calls
from tests.scenarios.calls import Call
from tests.scenarios.dry_run import DryRun
from tests.scenarios.installation import Installation
from tests.scenarios.observed import SHOWN, differences

OWNER: Final = "store"


def freeze(directory: Path, installation: Installation, traffic: list[Call], now_ms: int) -> None:
    """Write catalog, calls and time beside the keys and the partnerships file."""
    records = b"\n".join(encode(record) for record in installation.catalog.records())
    (directory / "catalog.ndjson").write_bytes(records)
    (directory / "now.json").write_text(json.dumps(now_ms))
    calls.write(directory / "calls.ndjson", traffic)


def thaw(directory: Path) -> list[str]:
    """Run and recount what is in the folder: the differences."""
    lines = (directory / "catalog.ndjson").read_bytes().splitlines()
    catalog, keys = Catalog(map(decode, lines)), read_keys(directory / "keys.toml")
    now_ms = json.loads((directory / "now.json").read_text())
    traffic, agreed = calls.read(directory / "calls.ndjson"), read(directory / "partnerships.toml")
    found = recount(agreed, arrivals(agreed, traffic, lambda _: now_ms, OWNER))
    return differences(found, DryRun(catalog, keys, OWNER).run(traffic, now_ms))


if __name__ == "__main__":
    different = thaw(Path(sys.argv[1]))
    print(f"{len(different)} differences", *different[:SHOWN], sep="\n")
    sys.exit(1 if different else 0)
