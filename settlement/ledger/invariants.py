"""What must always be true of the books, each recounted from rows, never from a balance alone."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, text

from partnerships.money import Amounts, FeeGroup, amounts

Figures = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule by its name, whether it holds, and the figures that were compared."""

    name: str
    holds: bool
    figures: Figures


_DEBIT: Final = """
    (gross_after_minor - gross_before_minor) + (payer_fee_after_minor - payer_fee_before_minor)
"""


def debits_equal_credits(connection: Connection) -> Invariant:
    """Every posting stands in two accounts of its own currency, so all balances sum to nothing."""
    rows = _rows(
        connection,
        """
        SELECT postings.currency, sum(amount_minor) AS postings_minor,
            sum(amount_minor) FILTER (WHERE debited.currency = postings.currency) AS debit_minor,
            sum(amount_minor) FILTER (WHERE credited.currency = postings.currency) AS credit_minor
        FROM settlement.postings
        JOIN settlement.accounts AS debited ON debited.account_id = debit_id
        JOIN settlement.accounts AS credited ON credited.account_id = credit_id
        GROUP BY postings.currency
        """,
    )
    figures = {
        row.currency: {
            "debit_minor": int(row.debit_minor or 0),
            "credit_minor": int(row.credit_minor or 0),
        }
        for row in rows
    }
    holds = all(row.debit_minor == row.credit_minor == row.postings_minor for row in rows)
    return Invariant("debits_equal_credits", holds, figures)


def conversions_billed_once(connection: Connection) -> Invariant:
    """A line has exactly the conversions it counts, and no conversion has two lines."""
    (row,) = _rows(
        connection,
        """
        SELECT count(*) FILTER (WHERE conversions <> claimed) AS wrong_lines,
            coalesce(sum(conversions), 0) AS on_lines, coalesce(sum(claimed), 0) AS claimed
        FROM (
            SELECT lines.conversions, count(billed_conversions.conversion_id) AS claimed
            FROM settlement.lines LEFT JOIN settlement.billed_conversions USING (line_id)
            GROUP BY line_id
        ) AS counted
        """,
    )
    figures = {"on_lines": int(row.on_lines), "claimed": int(row.claimed)}
    return Invariant("conversions_billed_once", row.wrong_lines == 0, figures)


def statements_add_up(connection: Connection) -> Invariant:
    """Of each statement, the billable it counted are the conversions on its lines."""
    (row,) = _rows(
        connection,
        """
        SELECT coalesce(sum(tracked), 0) AS tracked, coalesce(sum(billable), 0) AS billable,
            coalesce(sum(on_lines), 0) AS on_lines,
            count(*) FILTER (WHERE billable <> on_lines) AS wrong_statements
        FROM (
            SELECT
                (SELECT coalesce(sum(conversions), 0) FROM settlement.tallies
                    WHERE tallies.statement_id = statements.statement_id) AS tracked,
                (SELECT coalesce(sum(conversions), 0) FROM settlement.tallies
                    WHERE tallies.statement_id = statements.statement_id
                    AND disposition = 'billable') AS billable,
                (SELECT coalesce(sum(conversions), 0) FROM settlement.lines
                    WHERE lines.statement_id = statements.statement_id) AS on_lines
            FROM settlement.statements
        ) AS counted
        """,
    )
    figures = {
        "tracked": int(row.tracked),
        "billable": int(row.billable),
        "refused": int(row.tracked - row.billable),
        "billed": int(row.on_lines),
    }
    return Invariant("statements_add_up", row.wrong_statements == 0, figures)


def fees_follow_the_month(connection: Connection) -> Invariant:
    """The lines of each fee group sum to the amounts of its whole gross, however it was split."""
    rows = _rows(
        connection,
        """
        SELECT rate_bps, payer_share_bps,
            sum(gross_after_minor - gross_before_minor) AS gross_minor,
            sum(fee_after_minor - fee_before_minor) AS fee_minor,
            sum(partner_fee_after_minor - partner_fee_before_minor) AS partner_fee_minor,
            sum(payer_fee_after_minor - payer_fee_before_minor) AS payer_fee_minor
        FROM settlement.lines WHERE chargeable
        GROUP BY agreement_id, month, rate_bps, payer_share_bps
        """,
    )
    wrong = sum(
        Amounts(*map(int, tuple(row)[2:]))
        != amounts(int(row.gross_minor), FeeGroup(row.rate_bps, row.payer_share_bps))
        for row in rows
    )
    figures = {"fee_groups": len(rows), "wrong": wrong}
    return Invariant("fees_follow_the_month", wrong == 0, figures)


def budgets_respected(connection: Connection) -> Invariant:
    """No agreement's month costs more than the greatest budget one of its results was inside."""
    rows = _rows(
        connection,
        f"""
        SELECT agreement_id, month, sum({_DEBIT}) AS debit_minor, max(budget_minor) AS budget_minor
        FROM settlement.lines WHERE chargeable GROUP BY agreement_id, month
        """,
    )
    over = [f"{row.agreement_id} {row.month}" for row in rows if row.debit_minor > row.budget_minor]
    return Invariant("budgets_respected", not over, {"purses": len(rows), "over": over})


def charges_are_their_lines(connection: Connection) -> Invariant:
    """Each charge asks for exactly the lines of its statements, and no statement pays twice."""
    (row,) = _rows(
        connection,
        f"""
        SELECT count(*) AS charges, count(*) FILTER (WHERE amount_minor <> lines_minor) AS wrong
        FROM (
            SELECT charges.amount_minor, coalesce(sum({_DEBIT}), 0) AS lines_minor
            FROM settlement.charges
            LEFT JOIN settlement.charge_statements USING (charge_id)
            LEFT JOIN settlement.lines
                ON lines.statement_id = charge_statements.statement_id AND chargeable
            GROUP BY charges.charge_id
        ) AS compared
        """,
    )
    (twice,) = _rows(
        connection,
        """
        SELECT count(*) AS statements FROM (
            SELECT statement_id FROM settlement.charge_statements WHERE NOT released
            GROUP BY statement_id HAVING count(*) > 1
        ) AS repeated
        """,
    )
    figures = {"charges": row.charges, "wrong": row.wrong, "taken_twice": twice.statements}
    holds = row.wrong == 0 and twice.statements == 0
    return Invariant("charges_are_their_lines", holds, figures)


def owed_is_not_collected(connection: Connection) -> Invariant:
    """What advertisers owe, and what is pending for it, are the lines that no charge collected."""
    lines = _by_currency(
        connection,
        f"""
        SELECT currency, sum({_DEBIT}) AS minor FROM settlement.lines
        WHERE chargeable AND statement_id NOT IN (
            SELECT statement_id FROM settlement.charge_statements
            JOIN settlement.charges USING (charge_id) WHERE state = 'succeeded'
        )
        GROUP BY currency
        """,
    )
    receivable = _balances(connection, "advertiser_receivable")
    pending = _balances(connection, "partner_pending", "fee_pending")
    figures = {
        currency: {
            "uncollected_minor": lines[currency],
            "receivable_minor": receivable[currency],
            "pending_minor": -pending[currency],
        }
        for currency in sorted({*lines, *receivable})
    }
    holds = all(len(set(figure.values())) == 1 for figure in figures.values())
    return Invariant("owed_is_not_collected", holds, figures)


def charges_equal_transfers_and_fees(connection: Connection) -> Invariant:
    """What was collected was transferred, is held or payable for partners, or is our fee."""
    charged = _by_currency(
        connection,
        "SELECT currency, sum(amount_minor) AS minor FROM settlement.charges"
        " WHERE state = 'succeeded' GROUP BY currency",
    )
    sent = _by_currency(
        connection,
        "SELECT currency, sum(amount_minor) AS minor FROM settlement.transfers"
        " WHERE state = 'sent' GROUP BY currency",
    )
    kept = _balances(connection, "partner_held", "partner_payable")
    fees = _balances(connection, "platform_fee")
    balance = _balances(connection, "stripe_balance")
    figures = {}
    holds = True
    for currency in sorted({*charged, *sent, *kept, *fees, *balance}):
        figures[currency] = {
            "charges_minor": charged[currency],
            "transfers_minor": sent[currency],
            "held_minor": -kept[currency],
            "fees_minor": -fees[currency],
            "stripe_balance_minor": balance[currency],
        }
        holds &= charged[currency] == sent[currency] - kept[currency] - fees[currency]
        holds &= balance[currency] == charged[currency] - sent[currency]
    return Invariant("charges_equal_transfers_and_fees", holds, figures)


def nothing_found(connection: Connection) -> Invariant:
    """No purse could not be followed, and no line may not be charged."""
    (row,) = _rows(connection, "SELECT count(*) AS findings FROM settlement.findings")
    return Invariant("nothing_found", row.findings == 0, {"findings": row.findings})


ALL: Final[tuple[Callable[[Connection], Invariant], ...]] = (
    debits_equal_credits,
    conversions_billed_once,
    statements_add_up,
    fees_follow_the_month,
    budgets_respected,
    charges_are_their_lines,
    owed_is_not_collected,
    charges_equal_transfers_and_fees,
    nothing_found,
)


def _balances(connection: Connection, *kinds: str) -> defaultdict[str, int]:
    """Debits less credits of accounts of these kinds, by currency."""
    return _by_currency(
        connection,
        """
        SELECT currency, sum(amount_minor) AS minor FROM (
            SELECT accounts.currency, amount_minor FROM settlement.postings
            JOIN settlement.accounts ON account_id = debit_id WHERE kind = ANY(:kinds)
            UNION ALL
            SELECT accounts.currency, -amount_minor FROM settlement.postings
            JOIN settlement.accounts ON account_id = credit_id WHERE kind = ANY(:kinds)
        ) AS movements GROUP BY currency
        """,
        kinds=list(kinds),
    )


def _by_currency(connection: Connection, asked: str, **parameters: object) -> defaultdict[str, int]:
    sums: defaultdict[str, int] = defaultdict(int)
    for row in connection.execute(text(asked), parameters).mappings():
        sums[row["currency"]] = int(row["minor"])
    return sums


def _rows(connection: Connection, asked: str, **parameters: object) -> list[Row[Any]]:
    return list(connection.execute(text(asked), parameters))
