"""Writes what a close bills: statements, lines, the conversions they claim, counts and postings."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql import insert

from settlement import ids
from settlement.clock import from_ms
from settlement.closing import Billed, PurseClose, Tally
from settlement.ledger import postings as books
from settlement.ledger.tables import findings, lines, statements, tallies
from settlement.lines import Line, releases_at_ms
from settlement.plans import PlannedClose
from settlement.postings import of_line

_CLAIM = text(
    "INSERT INTO settlement.billed_conversions (conversion_id, line_id)"
    " SELECT unnest(CAST(:conversion_ids AS text[])), :line_id"
)


def write(
    connection: Connection, close: PlannedClose, purse: PurseClose, written_at: datetime
) -> None:
    """Write one purse's part of a close, in the caller's transaction; again, it changes nothing.

    Raises IntegrityError when a conversion was billed by another line.
    """
    _open_statements(connection, close, purse)
    _count(connection, close, purse)
    for billed in purse.billed:
        _bill(connection, close, billed, written_at)
    _find(connection, close, purse, written_at)


def _open_statements(connection: Connection, close: PlannedClose, purse: PurseClose) -> None:
    currencies = sorted({tally.currency for tally in purse.tallies})
    if currencies:
        connection.execute(
            insert(statements).on_conflict_do_nothing(),
            [
                {
                    "statement_id": ids.statement_id(close.advertiser_id, close.day, currency),
                    "advertiser_id": close.advertiser_id,
                    "day": close.day,
                    "currency": currency,
                }
                for currency in currencies
            ],
        )


def _count(connection: Connection, close: PlannedClose, purse: PurseClose) -> None:
    if purse.tallies:
        connection.execute(
            insert(tallies).on_conflict_do_nothing(),
            [_tally_row(close, tally, number) for tally, number in purse.tallies.items()],
        )


def _tally_row(close: PlannedClose, tally: Tally, conversions: int) -> dict[str, object]:
    return {
        "statement_id": ids.statement_id(close.advertiser_id, close.day, tally.currency),
        "agreement_id": tally.purse.agreement_id,
        "partner_id": tally.partner_id,
        "site_id": tally.site_id,
        "objective_id": tally.objective_id,
        "objective_type": tally.objective_type,
        "month": tally.purse.month,
        "own_day": tally.own_day,
        "rate_bps": tally.group.rate_bps,
        "payer_share_bps": tally.group.payer_share_bps,
        "disposition": tally.disposition,
        "conversions": conversions,
    }


def _bill(
    connection: Connection, close: PlannedClose, billed: Billed, written_at: datetime
) -> None:
    line = billed.line
    line_id = line_id_of(close, line)
    written = connection.execute(
        insert(lines)
        .values(_line_row(close, line, line_id))
        .on_conflict_do_nothing()
        .returning(lines.c.line_id)
    ).first()
    if written is None:
        return
    connection.execute(_CLAIM, {"conversion_ids": list(billed.conversion_ids), "line_id": line_id})
    booked = of_line(line_id, close.advertiser_id, line.partner_id, line.currency, line.added)
    books.post(connection, booked, written_at)


def line_id_of(close: PlannedClose, line: Line) -> str:
    """The id of a planned line."""
    return ids.line_id(
        close.advertiser_id, close.day, line.agreement_id, line.month, line.group, line.own_day
    )


def _line_row(close: PlannedClose, line: Line, line_id: str) -> dict[str, object]:
    amounts = {
        f"{name.removesuffix('_minor')}_{when}_minor": amount
        for when, value in (("before", line.before), ("after", line.after))
        for name, amount in value._asdict().items()
    }
    return amounts | {
        "line_id": line_id,
        "statement_id": ids.statement_id(close.advertiser_id, close.day, line.currency),
        "advertiser_id": close.advertiser_id,
        "partner_id": line.partner_id,
        "agreement_id": line.agreement_id,
        "month": line.month,
        "day": close.day,
        "own_day": line.own_day,
        "late": line.own_day < close.day,
        "rate_bps": line.group.rate_bps,
        "payer_share_bps": line.group.payer_share_bps,
        "currency": line.currency,
        "conversions": line.conversions,
        "budget_minor": line.budget_minor,
        "chargeable": line.chargeable,
        "releases_at": from_ms(releases_at_ms(line, close.zone)),
        "digest": line.digest,
    }


def _find(
    connection: Connection, close: PlannedClose, purse: PurseClose, found_at: datetime
) -> None:
    rows = list(_findings(close, purse, found_at))
    if rows:
        connection.execute(insert(findings).on_conflict_do_nothing(), rows)


def _findings(
    close: PlannedClose, purse: PurseClose, found_at: datetime
) -> Iterable[dict[str, object]]:
    place = "/".join(purse.purse)
    if purse.broken:
        yield _finding(
            close,
            "unverified_purse",
            place,
            f"unbilled from sequence {purse.broken.sequence} on"
            f" (conversion {purse.broken.conversion_id}): {purse.broken.reason}",
            found_at,
        )
    for line in _unchargeable(purse.billed):
        yield _finding(
            close,
            "unchargeable_line",
            line_id_of(close, line),
            f"a conversion of {place} was admitted above the budget stamped on it",
            found_at,
        )


def _unchargeable(billed: Sequence[Billed]) -> list[Line]:
    return [each.line for each in billed if not each.line.chargeable]


def _finding(
    close: PlannedClose, kind: str, subject_id: str, reason: str, found_at: datetime
) -> dict[str, object]:
    return {
        "finding_id": ids.finding_id(kind, subject_id, reason),
        "kind": kind,
        "advertiser_id": close.advertiser_id,
        "day": close.day,
        "subject_id": subject_id,
        "reason": reason,
        "found_at": found_at,
    }
