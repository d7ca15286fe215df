"""The import rules notice what they forbid."""

from typing import Any

import grimp
import pytest

from tests.house import Doors, Pure, Vendors


def graph_of(*imports: tuple[str, str]) -> grimp.ImportGraph:
    graph = grimp.ImportGraph()
    for importer, imported in imports:
        graph.add_module(importer)
        graph.add_module(imported)
        graph.add_import(importer=importer, imported=imported)
    return graph


def broken(kind: type[Any], graph: grimp.ImportGraph, **options: Any) -> list[tuple[str, str]]:
    contract = kind(name="rule", session_options={}, contract_options=options)
    found: list[tuple[str, str]] = contract.check(graph, verbose=False).metadata["broken"]
    return found


def test_a_room_is_entered_by_its_door_only() -> None:
    graph = graph_of(("streams.stage", "ingest.events"), ("streams.stage", "ingest.tokens"))
    assert broken(Doors, graph, doors=["ingest", "ingest.events"]) == [
        ("streams.stage", "ingest.tokens")
    ]


def test_a_room_uses_its_own_modules_freely() -> None:
    graph = graph_of(("ingest.collector", "ingest.tokens"))
    assert broken(Doors, graph, doors=["ingest.events"]) == []


def test_a_vendor_has_named_importers() -> None:
    graph = graph_of(("settlement.stripe_gateway", "stripe"), ("settlement.plans", "stripe"))
    importers = ["stripe <- settlement.stripe_gateway, embedded.stripe"]
    assert broken(Vendors, graph, importers=importers) == [("settlement.plans", "stripe")]


def test_a_vendor_that_nobody_imports_is_no_rule() -> None:
    with pytest.raises(ValueError, match="nobody imports faust"):
        broken(Vendors, graph_of(("a.b", "stripe")), importers=["faust <- streams.faust_worker"])


@pytest.mark.parametrize("forbidden", ["time", "random", "os", "structlog", "streams.worker"])
def test_a_rule_imports_nothing_that_acts_or_tells_the_time(forbidden: str) -> None:
    graph = graph_of(("streams.rules.purse", "streams.facts"), ("streams.rules.purse", forbidden))
    options = {"rules": ["streams.rules", "streams.facts"], "allowed": ["msgspec"]}
    assert broken(Pure, graph, **options) == [("streams.rules.purse", forbidden)]
