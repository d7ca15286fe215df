"""Writes postings, each business key once, and tells balances."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from settlement.ids import posting_id
from settlement.ledger.tables import accounts, postings
from settlement.postings import Account, Posting


def post(connection: Connection, booked: Sequence[Posting], posted_at: datetime) -> None:
    """Add the postings that are not there yet; one that is there must say the same."""
    if not booked:
        return
    _open(connection, booked)
    connection.execute(
        insert(postings).on_conflict_do_nothing(index_elements=["business_key"]),
        [
            {
                "posting_id": posting_id(posting.business_key),
                "business_key": posting.business_key,
                "debit_id": posting.debit.id,
                "credit_id": posting.credit.id,
                "amount_minor": posting.amount_minor,
                "currency": posting.debit.currency,
                "subject_id": posting.subject_id,
                "posted_at": posted_at,
            }
            for posting in booked
        ],
    )
    _compare(connection, booked)


def _open(connection: Connection, booked: Sequence[Posting]) -> None:
    used: set[Account] = set()
    for posting in booked:
        assert posting.debit.currency == posting.credit.currency, f"two currencies: {posting}"
        used |= {posting.debit, posting.credit}
    connection.execute(
        insert(accounts).on_conflict_do_nothing(),
        [
            {
                "account_id": account.id,
                "kind": account.kind,
                "owner_id": account.owner_id,
                "currency": account.currency,
            }
            for account in sorted(used)
        ],
    )


def _compare(connection: Connection, booked: Sequence[Posting]) -> None:
    keys = [posting.business_key for posting in booked]
    rows = connection.execute(
        select(
            postings.c.business_key,
            postings.c.debit_id,
            postings.c.credit_id,
            postings.c.amount_minor,
        ).where(postings.c.business_key.in_(keys))
    )
    kept = {row.business_key: tuple(row)[1:] for row in rows}
    for posting in booked:
        wanted = (posting.debit.id, posting.credit.id, posting.amount_minor)
        assert kept[posting.business_key] == wanted, (
            f"{posting.business_key} is booked as {kept[posting.business_key]}, not as {wanted}"
        )
