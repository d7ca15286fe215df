"""The pure rules find exactly what the oracle recounts, on every kind of input."""

import os
import warnings
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from embedded.demo.traffic import write_log
from partnerships.clock import now_ms
from streams.facts import REFUSALS
from tests.oracle.agreed import read
from tests.oracle.arrivals import arrivals
from tests.oracle.visits import recount
from tests.scenarios.calls import Call
from tests.scenarios.dry_run import DryRun
from tests.scenarios.edges import Edges
from tests.scenarios.installation import installed
from tests.scenarios.logs import calls_of, shift_days
from tests.scenarios.moments import moments
from tests.scenarios.observed import SHOWN, differences

HERE: Final = Path(__file__).parent
CHECKOUT: Final = HERE.parent.parent
SHOP: Final = {"shop_host": "shop.localhost", "shop_url": "http://shop.localhost:8002/"}
REAL_LOG: Final = Path("data") / "semicomplete-access-2015-05.log.gz"


def compared(
    partnerships: str, calls: list[Call], owner: str, postgres: str, directory: Path
) -> Counter[str]:
    """Run and recount the calls; fails where they differ. The run's dispositions."""
    file = directory / "partnerships.toml"
    file.write_text(partnerships)
    installation = installed(postgres, directory, partnerships)
    now, agreed = now_ms(), read(file)
    found = recount(agreed, arrivals(agreed, calls, lambda _: now, owner))
    observed = DryRun(installation.catalog, installation.keys, owner).run(calls, now)
    different = differences(found, observed)
    assert not different, f"{len(different)} differences:\n" + "\n".join(different[:SHOWN])
    return Counter(conversion.disposition for conversion in observed.conversions)


def filled(name: Path, values: dict[str, str]) -> str:
    """A partnerships file's text with its placeholders replaced."""
    text = name.read_text()
    for placeholder, value in values.items():
        text = text.replace("{" + placeholder + "}", value)
    return text


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_generated_traffic_meets_every_refusal(seed: int, postgres: str, tmp_path: Path) -> None:
    when = moments(now_ms())
    text = filled(HERE / "edges.toml", when.replacements())
    dispositions = compared(text, Edges(when, seed).build(), "store", postgres, tmp_path)
    assert set(dispositions) == {"billable", *REFUSALS}


def test_the_shops_log(postgres: str, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    write_log(log)
    days = shift_days(log, "Europe/Berlin", now_ms())
    calls = calls_of(log, "ck_harbour_shop", "shop.harbourbikes.example", days)
    text = filled(CHECKOUT / "demo" / "partnerships.toml", SHOP)
    dispositions = compared(text, calls, "harbour-bikes", postgres, tmp_path)
    expected = {"billable", "bot", "preview", "duplicate", "self_click", "advertiser_own"}
    expected |= {"over_budget", "wrong_host", "no_order", "not_active"}
    assert set(dispositions) == expected


def test_the_real_log(postgres: str, tmp_path: Path) -> None:
    log = real_log()
    if log is None:
        warnings.warn(f"LEFT OUT: {REAL_LOG} is not beside the checkout", stacklevel=1)
        return
    days = shift_days(log, "America/Los_Angeles", now_ms())
    calls = calls_of(log, "ck_semicomplete", "semicomplete.com", days)
    text = (HERE / "semicomplete.toml").read_text()
    dispositions = compared(text, calls, "semicomplete", postgres, tmp_path)
    assert min(dispositions[name] for name in ("billable", "bot", "duplicate", "over_budget")) > 0


def real_log() -> Path | None:
    """Where developers and CI keep the real log: in `shared/data` beside the checkout."""
    named = os.environ.get("COUNTERFOIL_SHARED", "")
    places = (
        [Path(named)] if named else [CHECKOUT.parent / "shared", CHECKOUT.parent.parent / "shared"]
    )
    return next((place / REAL_LOG for place in places if (place / REAL_LOG).exists()), None)
