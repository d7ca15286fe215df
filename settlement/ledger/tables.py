"""The tables of schema `settlement`; the migrations make them, a test keeps both the same.

Postings, lines, billed conversions, statements and tallies are append-only: the database itself
refuses UPDATE, DELETE and TRUNCATE on them.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

SCHEMA = "settlement"

APPEND_ONLY = ("postings", "lines", "billed_conversions", "statements", "tallies")
"""Tables whose rows the database lets nobody change."""

metadata = MetaData(
    schema=SCHEMA,
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "ck": "%(table_name)s_%(constraint_name)s",
    },
)


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


def _minor(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _reference(name: str, column: str) -> Column[str]:
    return Column(name, Text, ForeignKey(f"{SCHEMA}.{column}"), nullable=False)


def _instant(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


accounts = Table(
    "accounts",
    metadata,
    Column("account_id", Text, primary_key=True),
    _text("kind"),
    _text("owner_id"),
    _text("currency"),
)

postings = Table(
    "postings",
    metadata,
    Column("posting_id", Text, primary_key=True),
    _text("business_key"),
    _reference("debit_id", "accounts.account_id"),
    _reference("credit_id", "accounts.account_id"),
    _minor("amount_minor"),
    _text("currency"),
    _text("subject_id"),
    _instant("posted_at"),
    UniqueConstraint("business_key"),
    CheckConstraint("amount_minor > 0", name="amount_positive"),
    CheckConstraint("debit_id <> credit_id", name="two_accounts"),
    Index(None, "subject_id"),
    Index(None, "debit_id"),
    Index(None, "credit_id"),
)

plans = Table(
    "plans",
    metadata,
    Column("plan_hash", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    _text("state"),
    _instant("watermark"),
    _instant("made_at"),
    CheckConstraint("state IN ('made', 'begun', 'finished')", name="state_known"),
)

purses = Table(
    "purses",
    metadata,
    _text("agreement_id"),
    _text("month"),
    _text("advertiser_id"),
    Column("sequence", BigInteger, nullable=False),
    Column("state", JSONB, nullable=False),
    Column("closed_day", Date, nullable=False),
    PrimaryKeyConstraint("agreement_id", "month"),
    Index(None, "advertiser_id"),
)

days = Table(
    "days",
    metadata,
    _text("advertiser_id"),
    Column("day", Date, nullable=False),
    _text("zone"),
    _text("state"),
    _reference("plan_hash", "plans.plan_hash"),
    _instant("watermark"),
    _instant("stated_at", nullable=True),
    PrimaryKeyConstraint("advertiser_id", "day"),
    CheckConstraint("state IN ('snapshotted', 'accrued', 'stated')", name="state_known"),
)

snapshots = Table(
    "snapshots",
    metadata,
    _text("advertiser_id"),
    Column("day", Date, nullable=False),
    _text("agreement_id"),
    _text("month"),
    Column("sequence", BigInteger, nullable=False),
    PrimaryKeyConstraint("advertiser_id", "day", "agreement_id", "month"),
)

lines = Table(
    "lines",
    metadata,
    Column("line_id", Text, primary_key=True),
    _reference("statement_id", "statements.statement_id"),
    _text("advertiser_id"),
    _text("partner_id"),
    _text("agreement_id"),
    _text("month"),
    Column("day", Date, nullable=False),
    Column("own_day", Date, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("rate_bps", Integer, nullable=False),
    Column("payer_share_bps", Integer, nullable=False),
    _text("currency"),
    _minor("conversions"),
    _minor("gross_before_minor"),
    _minor("fee_before_minor"),
    _minor("partner_fee_before_minor"),
    _minor("payer_fee_before_minor"),
    _minor("gross_after_minor"),
    _minor("fee_after_minor"),
    _minor("partner_fee_after_minor"),
    _minor("payer_fee_after_minor"),
    _minor("budget_minor"),
    Column("chargeable", Boolean, nullable=False),
    _instant("releases_at"),
    _text("digest"),
    Index(None, "statement_id"),
    Index(None, "agreement_id", "month"),
    Index(None, "partner_id"),
)

billed_conversions = Table(
    "billed_conversions",
    metadata,
    Column("conversion_id", Text, primary_key=True),
    _reference("line_id", "lines.line_id"),
    Index(None, "line_id"),
)

statements = Table(
    "statements",
    metadata,
    Column("statement_id", Text, primary_key=True),
    _text("advertiser_id"),
    Column("day", Date, nullable=False),
    _text("currency"),
    UniqueConstraint("advertiser_id", "day", "currency"),
)

tallies = Table(
    "tallies",
    metadata,
    _reference("statement_id", "statements.statement_id"),
    _text("agreement_id"),
    _text("partner_id"),
    _text("site_id"),
    _text("objective_id"),
    _text("objective_type"),
    _text("month"),
    Column("own_day", Date, nullable=False),
    Column("rate_bps", Integer, nullable=False),
    Column("payer_share_bps", Integer, nullable=False),
    _text("disposition"),
    _minor("conversions"),
    PrimaryKeyConstraint(
        "statement_id", "agreement_id", "own_day", "rate_bps", "payer_share_bps", "disposition"
    ),
)

findings = Table(
    "findings",
    metadata,
    Column("finding_id", Text, primary_key=True),
    _text("kind"),
    _text("advertiser_id"),
    Column("day", Date, nullable=False),
    _text("subject_id"),
    _text("reason"),
    _instant("found_at"),
    Index(None, "advertiser_id"),
)

customers = Table(
    "customers",
    metadata,
    Column("advertiser_id", Text, primary_key=True),
    _text("customer_id"),
    _text("card"),
    _text("payment_method_id"),
    UniqueConstraint("customer_id"),
)

transfer_accounts = Table(
    "transfer_accounts",
    metadata,
    Column("partner_id", Text, primary_key=True),
    _text("stripe_account_id"),
    UniqueConstraint("stripe_account_id"),
)

charges = Table(
    "charges",
    metadata,
    Column("charge_id", Text, primary_key=True),
    _reference("plan_hash", "plans.plan_hash"),
    _text("advertiser_id"),
    _text("currency"),
    Column("number", Integer, nullable=False),
    _minor("amount_minor"),
    _text("state"),
    _text("reason"),
    Column("request", JSONB, nullable=False),
    _text("intent_id", nullable=True),
    _text("stripe_charge_id", nullable=True),
    _instant("prepared_at"),
    _instant("settled_at", nullable=True),
    UniqueConstraint("advertiser_id", "currency", "number"),
    UniqueConstraint("intent_id"),
    CheckConstraint("amount_minor > 0", name="amount_positive"),
    CheckConstraint(
        "state IN ('prepared', 'created', 'processing', 'declined', 'succeeded', 'cancelled')",
        name="state_known",
    ),
    Index(
        "charges_one_open",
        "advertiser_id",
        "currency",
        unique=True,
        postgresql_where=text("state NOT IN ('succeeded', 'cancelled')"),
    ),
)

charge_statements = Table(
    "charge_statements",
    metadata,
    _reference("charge_id", "charges.charge_id"),
    _reference("statement_id", "statements.statement_id"),
    Column("released", Boolean, nullable=False, server_default=text("false")),
    PrimaryKeyConstraint("charge_id", "statement_id"),
    Index(
        "charge_statements_one_charge",
        "statement_id",
        unique=True,
        postgresql_where=text("NOT released"),
    ),
)

transfers = Table(
    "transfers",
    metadata,
    Column("transfer_id", Text, primary_key=True),
    _reference("charge_id", "charges.charge_id"),
    _text("partner_id"),
    _text("currency"),
    _minor("amount_minor"),
    _instant("releases_at"),
    _text("state"),
    _text("reason"),
    Column("request", JSONB(none_as_null=True), nullable=True),
    _text("stripe_transfer_id", nullable=True),
    _instant("sent_at", nullable=True),
    UniqueConstraint("charge_id", "partner_id"),
    UniqueConstraint("stripe_transfer_id"),
    CheckConstraint("amount_minor > 0", name="amount_positive"),
    CheckConstraint("state IN ('held', 'payable', 'sending', 'sent')", name="state_known"),
    Index(None, "partner_id"),
)

attempts = Table(
    "attempts",
    metadata,
    _text("subject_id"),
    Column("number", Integer, nullable=False),
    _text("operation"),
    _text("idempotency_key"),
    _instant("begun_at"),
    _instant("ended_at", nullable=True),
    _text("outcome", nullable=True),
    _text("detail"),
    PrimaryKeyConstraint("subject_id", "number"),
)
