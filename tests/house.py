"""The import rules of the house for import-linter: doors, vendors, and purity."""

from collections.abc import Iterator

import grimp
from importlinter import Contract, ContractCheck, fields, output


class _Listing(Contract):
    """A contract that lists each import that breaks it, by importer and imported."""

    def broken(self, graph: grimp.ImportGraph) -> Iterator[tuple[str, str]]:
        raise NotImplementedError

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001
        broken = sorted(self.broken(graph))
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["broken"]:
            output.print_error(f"{importer} imports {imported}", bold=True)


class Doors(_Listing):
    """Another room is entered by its door: the modules listed, or the room's own name."""

    type_name = "doors"
    doors = fields.SetField(subfield=fields.StringField())

    def broken(self, graph: grimp.ImportGraph) -> Iterator[tuple[str, str]]:
        doors: set[str] = self.doors  # type: ignore[assignment]
        rooms = {door.partition(".")[0] for door in doors}
        for importer in graph.modules:
            for imported in graph.find_modules_directly_imported_by(importer):
                room = imported.partition(".")[0]
                if room in rooms and room != importer.partition(".")[0] and imported not in doors:
                    yield importer, imported


class Vendors(_Listing):
    """A vendor has named importers: `vendor <- module or package, …`, one vendor a line."""

    type_name = "vendors"
    importers = fields.ListField(subfield=fields.StringField())

    def broken(self, graph: grimp.ImportGraph) -> Iterator[tuple[str, str]]:
        lines: list[str] = self.importers  # type: ignore[assignment]
        for line in lines:
            vendor, _, named = line.partition(" <- ")
            allowed = tuple(named.split(", "))
            if vendor not in graph.modules:
                raise ValueError(f"nobody imports {vendor}: delete its line")
            for importer in graph.find_modules_that_directly_import(vendor):
                if not any(importer == one or importer.startswith(f"{one}.") for one in allowed):
                    yield importer, vendor


class Pure(_Listing):
    """A rule imports other rules, what is listed, and nothing that acts or tells the time."""

    type_name = "pure"
    rules = fields.ListField(subfield=fields.StringField())
    allowed = fields.SetField(subfield=fields.StringField())

    def broken(self, graph: grimp.ImportGraph) -> Iterator[tuple[str, str]]:
        rules: list[str] = self.rules  # type: ignore[assignment]
        allowed: set[str] = self.allowed  # type: ignore[assignment]
        pure = {m for m in graph.modules if any(m == r or m.startswith(f"{r}.") for r in rules)}
        for importer in pure:
            for imported in graph.find_modules_directly_imported_by(importer):
                if imported not in pure and imported not in allowed:
                    yield importer, imported
