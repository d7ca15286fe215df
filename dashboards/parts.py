"""What the pages stand on, built once when the room starts."""

from collections.abc import Callable
from dataclasses import dataclass

from dashboards.built import Built
from dashboards.settings import Settings
from partnerships import Store as Partnerships
from partnerships.keys import Keys
from settlement.statements import Statements
from warehouse.store import Store as Warehouse


@dataclass(frozen=True, slots=True)
class Parts:
    """`now_ms`: the clock. `built`: the front end's files."""

    settings: Settings
    keys: Keys
    partnerships: Partnerships
    warehouse: Warehouse
    statements: Statements
    built: Built
    now_ms: Callable[[], int]
