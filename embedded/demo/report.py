"""The demo's summary: one object for a program, and a page of tables for a person."""

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from embedded.stack import Stack
from partnerships.money import format_amount

_PAGES: Final = (
    ("dashboards", "both sides' live pages"),
    ("shop", "a small shop with the tag"),
    ("stripe", "practice Stripe: what was charged and transferred"),
    ("mail", "caught mail"),
)


def report(stack: Stack, partnerships: Path, summary: Mapping[str, Any]) -> dict[str, Any]:
    """The summary for a program (`demo --json`)."""
    months = summary["agreements"]
    return {
        "dispositions": summary["dispositions"],
        "agreements": months,
        **_money(summary["money"]),
        "invariants": summary["invariants"] | _identities(months),
        "replayed": summary["replayed"],
        "last_day": summary["last_day"],
        "urls": _urls(stack, partnerships),
    }


def _money(by_currency: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    names = ("charges_minor", "transfers_minor", "fees_minor")
    return {name: sum(figures[name] for figures in by_currency.values()) for name in names}


def _identities(months: Sequence[Mapping[str, Any]]) -> dict[str, bool]:
    """What the agreements' rows must show by themselves."""
    return {
        "tracked_is_billable_and_refused": all(
            month["tracked"] == sum(month["dispositions"].values()) for month in months
        ),
        "every_debit_inside_its_budget": all(
            month["debit_minor"] <= month["budget_minor"] for month in months
        ),
    }


def _urls(stack: Stack, partnerships: Path) -> dict[str, str]:
    links = tomllib.loads(partnerships.read_text()).get("links", [])
    urls = {name: stack.url(name) for name, _ in _PAGES}  # type: ignore[arg-type]
    return urls | {
        f"link-{link['partner']}": f"{stack.url('collector')}/l/{link['code']}" for link in links
    }


def show(console: Console, told: Mapping[str, Any], partnerships: Path) -> None:
    """The same for a person."""
    for table in (_agreements(told["agreements"]), _refusals(told["agreements"])):
        console.print(table, "")
    for name, holds in told["invariants"].items():
        console.print(f"{'[green]✓' if holds else '[bold red]✗ BROKEN'}[/] {name}")
    console.print()
    for name, what in _PAGES:
        console.print(f"{told['urls'][name]:<28} {what}")
    for name, url in told["urls"].items():
        if name.startswith("link-"):
            console.print(f"{url:<40} the link of {name.removeprefix('link-')}")
    console.print()
    for account in tomllib.loads(partnerships.read_text())["accounts"]:
        if "password" in account:
            signs_in = f"{account['email']} / {account['password']}"
            console.print(f"sign in as {account['name']}: {signs_in}", highlight=False)


def _agreements(months: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(title="Agreements by month, practice money", title_justify="left", box=None)
    for name in ("agreement", "month"):
        table.add_column(name, no_wrap=True)
    numbers = ("tracked", "billable", "charged", "fee", "transferred", "budget", "left")
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    for month in months:
        amounts = [
            format_amount(month[name], month["currency"])
            for name in ("debit_minor", "fee_minor", "credit_minor")
        ]
        budget = [
            format_amount(month[name], month["currency"])
            for name in ("budget_minor", "budget_left_minor")
        ]
        counts = [str(month["tracked"]), str(month["dispositions"].get("billable", 0))]
        table.add_row(month["agreement"], month["month"], *counts, *amounts, *budget)
    return table


def _refusals(months: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(title="Refused, with the reason", title_justify="left", box=None)
    table.add_column("agreement", no_wrap=True)
    table.add_column("reasons")
    refused: dict[str, Counter[str]] = {}
    for month in months:
        refused.setdefault(month["agreement"], Counter()).update(month["dispositions"])
    for agreement, counts in refused.items():
        del counts["billable"]
        reasons = [f"{count} {reason}" for reason, count in counts.most_common()]
        table.add_row(agreement, " · ".join(reasons) or "none")
    return table
