"""The FORMAT clause at the end of a query: over a protocol it is the server's to obey."""

import re

CLAUSE = re.compile(r"\s+FORMAT\s+(\w+)(?=\s*(?:SETTINGS\s[^()]*)?;?\s*$)", re.IGNORECASE)


def format_of(sql: str) -> str | None:
    found = CLAUSE.search(sql)
    return found[1] if found else None


def without_format(sql: str) -> str:
    """Native blocks are asked for otherwise; the engine would put a document in their place."""
    return CLAUSE.sub("", sql)
