"""What each event of money writes into the books: (debit, credit, amount > 0), keyed once.

A conversion's money goes receivable → pending at the close, pending → held and Stripe's balance
when the charge is collected, held → payable when the hold is over, payable → out when it is sent.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from partnerships.money import Amounts

Kind = Literal[
    "advertiser_receivable",
    "stripe_balance",
    "partner_pending",
    "partner_held",
    "partner_payable",
    "fee_pending",
    "platform_fee",
]

PLATFORM = "platform"
"""Owner of the accounts that belong to the installation itself."""


class Account(NamedTuple):
    """An account of the books, of one owner in one currency."""

    kind: Kind
    owner_id: str
    currency: str

    @property
    def id(self) -> str:
        """Its name in the books, such as `partner_held/slow-miles/EUR`."""
        return "/".join(self)


class Posting(NamedTuple):
    """An amount that is added to one account's debit and another's credit; minor units.

    `business_key`: the fact it books; the same fact is booked once. `subject_id`: the line, charge
    or transfer it belongs to.
    """

    business_key: str
    debit: Account
    credit: Account
    amount_minor: int
    subject_id: str


def of_line(
    line_id: str, advertiser_id: str, partner_id: str, currency: str, added: Amounts
) -> list[Posting]:
    """The close owes the partner and the fee, and is owed both by the advertiser."""
    receivable = Account("advertiser_receivable", advertiser_id, currency)
    pending = Account("partner_pending", partner_id, currency)
    fee = Account("fee_pending", PLATFORM, currency)
    return _nonzero(
        Posting(f"line:{line_id}:partner", receivable, pending, added.credit_minor, line_id),
        Posting(f"line:{line_id}:fee", receivable, fee, added.fee_minor, line_id),
    )


def of_charge(
    charge_id: str,
    advertiser_id: str,
    currency: str,
    parts: Iterable[tuple[str, int]],
    fee_minor: int,
) -> list[Posting]:
    """A collected charge: `parts` are the partners and what each gets of it."""
    receivable = Account("advertiser_receivable", advertiser_id, currency)
    balance = Account("stripe_balance", PLATFORM, currency)
    pending_fee = Account("fee_pending", PLATFORM, currency)
    fee = Account("platform_fee", PLATFORM, currency)
    parts = list(parts)
    amount = fee_minor + sum(part for _, part in parts)
    held = (
        Posting(
            f"charge:{charge_id}:partner:{partner_id}",
            Account("partner_pending", partner_id, currency),
            Account("partner_held", partner_id, currency),
            part,
            charge_id,
        )
        for partner_id, part in parts
    )
    return _nonzero(
        Posting(f"charge:{charge_id}:collected", balance, receivable, amount, charge_id),
        *held,
        Posting(f"charge:{charge_id}:fee", pending_fee, fee, fee_minor, charge_id),
    )


def of_release(transfer_id: str, partner_id: str, currency: str, amount_minor: int) -> Posting:
    """The hold of a transfer is over."""
    return Posting(
        f"transfer:{transfer_id}:released",
        Account("partner_held", partner_id, currency),
        Account("partner_payable", partner_id, currency),
        amount_minor,
        transfer_id,
    )


def of_transfer(transfer_id: str, partner_id: str, currency: str, amount_minor: int) -> Posting:
    """A transfer was sent."""
    return Posting(
        f"transfer:{transfer_id}:sent",
        Account("partner_payable", partner_id, currency),
        Account("stripe_balance", PLATFORM, currency),
        amount_minor,
        transfer_id,
    )


def _nonzero(*postings: Posting) -> list[Posting]:
    return [posting for posting in postings if posting.amount_minor]
