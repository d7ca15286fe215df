"""A real installation for the processes of settlement: engines, practice Stripe, partnerships."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from partnerships import Store as Partnerships
from partnerships import apply
from partnerships.keys import make_keys, read_keys
from partnerships.store.schema import migrate
from settlement import clock
from settlement.statements import Statements
from tests.embedded.practice_stripe import PracticeStripe
from tests.settlement.builders import StageB
from tests.settlement.world import PARTITIONS, insert, mark
from warehouse.store import Store

PATIENCE_SECONDS = 120
LAST_DAY = clock.now().date() - timedelta(days=3)
FIRST_DAY = LAST_DAY - timedelta(days=1)

_ACCOUNT = """
[[accounts]]
id = "{id}"
name = "{id}"
email = "{id}@example.com"
zone = "Europe/Berlin"
currency = "EUR"
country = "DE"
{more}
"""


@dataclass
class Installation:
    """The environment of settlement's processes, and a look at what they did."""

    environment: Mapping[str, str]
    engine: Engine
    warehouse: Store
    practice: PracticeStripe
    advertisers: Iterator[str]

    @property
    def statements(self) -> Statements:
        """The read side."""
        return Statements(self.engine)

    def results(self, name: str = "") -> StageB:
        """An advertiser that nobody else has, with two days of results for two partners."""
        stage = StageB(name or next(self.advertisers))
        gravel = {"agreement_id": f"{stage.advertiser_id}-gravel-sale"}
        slow = {"agreement_id": f"{stage.advertiser_id}-slow-lead", "price_minor": 375}
        for day in (FIRST_DAY, LAST_DAY):
            stage.many(3, day, **gravel)
            stage.decide(day, **gravel, refusal="bot")
            stage.many(5, day, **slow, payer_share_bps=5000)
        insert(self.warehouse, stage.conversions)
        mark(self.warehouse, clock.now() + timedelta(days=1))
        return stage

    def start(self, *arguments: str, crash_at: str = "") -> subprocess.Popen[str]:
        """`python -m settlement …`."""
        return subprocess.Popen(
            [sys.executable, "-m", "settlement", *arguments],
            env={**self.environment, "COUNTERFOIL_CRASH_AT": crash_at},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, crash_at: str = "") -> "Ended":
        """The same, until it ends."""
        process = self.start(*arguments, crash_at=crash_at)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
        return Ended(process.returncode, out, err)

    def apply(self, stage: StageB, day: date = LAST_DAY, crash_at: str = "") -> "Ended":
        """Close one advertiser's days through a day."""
        asked = ("--through", day.isoformat(), "--advertiser", stage.advertiser_id)
        return self.run("apply", *asked, "--json", crash_at=crash_at)


@dataclass(frozen=True)
class Ended:
    """How a process ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """Its JSON, when it ended well."""
        assert self.code == 0, self.err
        return json.loads(self.out)


@contextmanager
def installation(
    postgres: str,
    engine: Engine,
    clickhouse: str,
    warehouse: Store,
    practice: PracticeStripe,
    directory: Path,
) -> Iterator[Installation]:
    """Partnerships with advertisers shop1, shop2, … and `declined`; each has two partners."""
    names = [f"shop{number}" for number in range(1, 61)]
    cards = dict.fromkeys(names, "pm_card_visa") | {"declined": "pm_card_chargeCustomerFail"}
    accounts = [
        *(_ACCOUNT.format(id=name, more=f'card = "{card}"') for name, card in cards.items()),
        *(
            _ACCOUNT.format(id=f"{name}-{partner}", more="transfers = true")
            for name in cards
            for partner in ("gravel", "slow")
        ),
    ]
    keys = directory / "keys.toml"
    make_keys(keys)
    partnerships = Partnerships(postgres)
    migrate(partnerships.engine)
    apply(partnerships, "".join(accounts), {}, read_keys(keys).network, clock.to_ms(clock.now()))
    partnerships.close()
    environment = {
        **os.environ,
        "COUNTERFOIL_POSTGRES": postgres,
        "COUNTERFOIL_CLICKHOUSE": clickhouse,
        "COUNTERFOIL_PARTITIONS": f"8,{PARTITIONS}",
        "COUNTERFOIL_STRIPE_KEY": "sk_test_practice",
        "COUNTERFOIL_STRIPE_URL": practice.url,
    }
    yield Installation(environment, engine, warehouse, practice, iter(names))
