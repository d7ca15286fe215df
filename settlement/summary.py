"""One picture of everything: per agreement and month what was tracked, charged and transferred."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Engine, Row, text

from settlement.books import Books
from settlement.decisions import PurseId
from settlement.recount import everything_tracked_is_stated
from warehouse.store import Store

_SETTLED: Final = text(
    """
    SELECT lines.agreement_id, lines.month,
        sum(lines.conversions) AS billed,
        sum(gross_after_minor - gross_before_minor) AS gross_minor,
        sum(fee_after_minor - fee_before_minor) AS fee_minor,
        sum(partner_fee_after_minor - partner_fee_before_minor) AS partner_fee_minor,
        sum(payer_fee_after_minor - payer_fee_before_minor) AS payer_fee_minor,
        sum(gross_after_minor - gross_before_minor + payer_fee_after_minor - payer_fee_before_minor)
            FILTER (WHERE charges.state = 'succeeded') AS charged_minor,
        sum(gross_after_minor - gross_before_minor
                - partner_fee_after_minor + partner_fee_before_minor)
            FILTER (WHERE transfers.state = 'sent') AS transferred_minor
    FROM settlement.lines
    LEFT JOIN settlement.charge_statements
        ON charge_statements.statement_id = lines.statement_id AND NOT released
    LEFT JOIN settlement.charges USING (charge_id)
    LEFT JOIN settlement.transfers
        ON transfers.charge_id = charges.charge_id AND transfers.partner_id = lines.partner_id
    WHERE chargeable
    GROUP BY lines.agreement_id, lines.month
    """
)


@dataclass(slots=True)
class AgreementMonth:
    """An agreement's month; `billed` and the amounts are of closed days, the rest as it is now."""

    advertiser: str
    partner: str
    agreement: str
    month: str
    currency: str
    dispositions: dict[str, int] = field(default_factory=dict)
    budget_minor: int = 0
    used_minor: int = 0
    last_sequence: int = 0
    settled: Mapping[str, int] = field(default_factory=dict)

    def shown(self) -> dict[str, object]:
        """For a program."""
        amounts = {name: self.settled.get(name, 0) for name in _AMOUNTS}
        return {
            "advertiser": self.advertiser,
            "partner": self.partner,
            "agreement": self.agreement,
            "month": self.month,
            "currency": self.currency,
            "tracked": sum(self.dispositions.values()),
            "dispositions": self.dispositions,
            "billed": self.settled.get("billed", 0),
            **amounts,
            "debit_minor": amounts["gross_minor"] + amounts["payer_fee_minor"],
            "credit_minor": amounts["gross_minor"] - amounts["partner_fee_minor"],
            "budget_minor": self.budget_minor,
            "budget_left_minor": self.budget_minor - self.used_minor,
        }


_AMOUNTS: Final = (
    "gross_minor",
    "fee_minor",
    "partner_fee_minor",
    "payer_fee_minor",
    "charged_minor",
    "transferred_minor",
)


def summary(engine: Engine, store: Store) -> dict[str, object]:
    """Agreements, dispositions, money by currency and the invariants, for a program.

    `money`: what was charged, transferred, earned as fee, and is held for partners.
    """
    months = _months(store, _settled(engine))
    dispositions: Counter[str] = Counter()
    for month in months:
        dispositions.update(month.dispositions)
    invariants = [*Books(engine).check(), everything_tracked_is_stated(engine, store)]
    (collected,) = (i for i in invariants if i.name == "charges_equal_transfers_and_fees")
    return {
        "dispositions": dict(sorted(dispositions.items())),
        "agreements": [month.shown() for month in months],
        "money": collected.figures,
        "invariants": {invariant.name: invariant.holds for invariant in invariants},
    }


def _months(store: Store, settled: Mapping[PurseId, Mapping[str, int]]) -> list[AgreementMonth]:
    months: dict[PurseId, AgreementMonth] = {}
    for row in store.ask("purse_results"):
        purse = PurseId(row["agreement_id"], row["month"])
        month = months.setdefault(
            purse,
            AgreementMonth(
                row["advertiser_id"],
                row["partner_id"],
                *purse,
                row["currency"],
                settled=settled.get(purse, {}),
            ),
        )
        month.dispositions[row["disposition"]] = row["conversions"]
        if row["last_sequence"] > month.last_sequence:
            month.last_sequence = row["last_sequence"]
            month.budget_minor, month.used_minor = row["budget_minor"], row["used_minor"]
    return list(months.values())


def _settled(engine: Engine) -> dict[PurseId, dict[str, int]]:
    settled: defaultdict[PurseId, dict[str, int]] = defaultdict(dict)
    with engine.connect() as connection:
        for row in connection.execute(_SETTLED):
            settled[PurseId(row.agreement_id, row.month)] = _numbers(row)
    return settled


def _numbers(row: Row[Any]) -> dict[str, int]:
    return {name: int(getattr(row, name) or 0) for name in ("billed", *_AMOUNTS)}
