"""Reads the engine's answers in the format JSONCompact."""

import json

from embedded.clickhouse.blocks import Header
from embedded.clickhouse.chdb_connection import Answer


def rows_of(answer: Answer) -> list[list[str]]:
    """None when the engine sent nothing at all, as it does for some empty answers."""
    return list(json.loads(answer.raw)["data"]) if answer.raw else []


def columns_of(answer: Answer) -> Header:
    meta = json.loads(answer.raw)["meta"] if answer.raw else []
    return tuple((column["name"], column["type"]) for column in meta)
