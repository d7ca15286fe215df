"""Who is known to Stripe: advertisers as customers with a card, partners as accounts."""

from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from settlement.ledger.tables import customers, transfer_accounts


@dataclass(frozen=True, slots=True)
class Customer:
    """An advertiser at Stripe; `card`: the practice card that `payment_method_id` was made of."""

    customer_id: str
    card: str
    payment_method_id: str


def customer_of(connection: Connection, advertiser_id: str) -> Customer | None:
    """The advertiser's customer, once it was made."""
    row = connection.execute(
        select(customers).where(customers.c.advertiser_id == advertiser_id)
    ).one_or_none()
    return None if row is None else Customer(row.customer_id, row.card, row.payment_method_id)


def keep_customer(connection: Connection, advertiser_id: str, customer: Customer) -> None:
    """Remember the customer, or its new card."""
    statement = insert(customers).values(
        advertiser_id=advertiser_id,
        customer_id=customer.customer_id,
        card=customer.card,
        payment_method_id=customer.payment_method_id,
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["advertiser_id"],
            set_={
                "card": statement.excluded.card,
                "payment_method_id": statement.excluded.payment_method_id,
            },
        )
    )


def account_of(connection: Connection, partner_id: str) -> str | None:
    """The partner's account for transfers at Stripe, once it was made."""
    found: str | None = connection.execute(
        select(transfer_accounts.c.stripe_account_id).where(
            transfer_accounts.c.partner_id == partner_id
        )
    ).scalar_one_or_none()
    return found


def keep_account(connection: Connection, partner_id: str, stripe_account_id: str) -> None:
    """Remember the partner's account."""
    connection.execute(
        insert(transfer_accounts)
        .values(partner_id=partner_id, stripe_account_id=stripe_account_id)
        .on_conflict_do_nothing(index_elements=["partner_id"])
    )
