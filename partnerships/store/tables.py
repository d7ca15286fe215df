"""The tables of schema `partnerships`; the migrations make them, a test keeps both the same.

A table of the catalog has a column for each field of its record, beside private ones.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

SCHEMA = "partnerships"

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


def _id() -> Column[str]:
    return Column("id", Text, primary_key=True)


def _version() -> Column[int]:
    return Column("version", Integer, nullable=False)


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


def _texts(name: str) -> Column[list[str]]:
    return Column(name, ARRAY(Text), nullable=False)


def _number(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def _of(name: str, column: str) -> Column[str]:
    return Column(name, Text, ForeignKey(f"{SCHEMA}.{column}"), nullable=False)


installation = Table(
    "installation",
    metadata,
    Column("single", Boolean, primary_key=True),
    Column("fee_rate_bps", Integer, nullable=False),
    Column("hold_days", Integer, nullable=False),
    _text("transfer_minimum"),
    CheckConstraint("single", name="one_row"),
)

accounts = Table(
    "accounts",
    metadata,
    _id(),
    _version(),
    _text("name"),
    _text("zone"),
    _text("currency"),
)

profiles = Table(
    "profiles",
    metadata,
    Column("account_id", Text, ForeignKey(f"{SCHEMA}.accounts.id"), primary_key=True),
    _text("legal_name"),
    _text("country", nullable=True),
    _text("card", nullable=True),
    _flag("transfers"),
)

users = Table(
    "users",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _of("account_id", "accounts.id"),
    _text("email"),
    _text("password_hash", nullable=True),
    UniqueConstraint("account_id"),
    UniqueConstraint("email"),
)

sites = Table(
    "sites",
    metadata,
    _id(),
    _version(),
    _of("advertiser_id", "accounts.id"),
    _text("key"),
    _texts("hosts"),
    _text("landing_url"),
    _number("verified_from_ms", nullable=True),
    UniqueConstraint("key"),
)

objectives = Table("objectives", metadata, _id(), _of("site_id", "sites.id"))

objective_versions = Table(
    "objective_versions",
    metadata,
    _of("id", "objectives.id"),
    _version(),
    _text("site_id"),
    _text("name"),
    _text("type"),
    _text("count"),
    _text("credit"),
    _text("page", nullable=True),
    _text("event", nullable=True),
    _flag("server"),
    _number("effective_from_ms"),
    PrimaryKeyConstraint("id", "version"),
)

agreements = Table(
    "agreements",
    metadata,
    _id(),
    _version(),
    _of("advertiser_id", "accounts.id"),
    _of("partner_id", "accounts.id"),
    _of("site_id", "sites.id"),
    _of("objective_id", "objectives.id"),
    Index(None, "advertiser_id"),
    Index(None, "partner_id"),
    CheckConstraint("advertiser_id <> partner_id", name="two_sides"),
)

proposals = Table(
    "proposals",
    metadata,
    Column("agreement_id", Text, ForeignKey(f"{SCHEMA}.agreements.id"), primary_key=True),
    _number("price_minor"),
    Column("payer_share_bps", Integer, nullable=False),
    Column("window_days", Integer, nullable=False),
    _number("budget_minor"),
)

standings = Table(
    "standings",
    metadata,
    _of("id", "agreements.id"),
    _version(),
    _text("status"),
    _number("effective_from_ms"),
    PrimaryKeyConstraint("id", "version"),
    CheckConstraint("status IN ('waiting', 'active', 'paused', 'ended')", name="status_known"),
)

terms = Table(
    "terms",
    metadata,
    _of("id", "agreements.id"),
    _version(),
    _number("effective_from_ms"),
    _number("price_minor"),
    _text("currency"),
    Column("fee_rate_bps", Integer, nullable=False),
    Column("payer_share_bps", Integer, nullable=False),
    Column("window_days", Integer, nullable=False),
    Column("hold_days", Integer, nullable=False),
    _number("transfer_minimum_minor"),
    PrimaryKeyConstraint("id", "version"),
    CheckConstraint("price_minor > 0", name="price_positive"),
)

budgets = Table(
    "budgets",
    metadata,
    _of("id", "agreements.id"),
    _version(),
    _number("budget_minor"),
    PrimaryKeyConstraint("id", "version"),
    CheckConstraint("budget_minor >= 0", name="budget_not_negative"),
)

links = Table(
    "links",
    metadata,
    _id(),
    _version(),
    _of("partner_id", "accounts.id"),
    _of("site_id", "sites.id"),
    _text("landing_url"),
    UniqueConstraint("partner_id", "site_id"),
)

campaigns = Table(
    "campaigns",
    metadata,
    _id(),
    _version(),
    _of("partner_id", "accounts.id"),
    _of("site_id", "sites.id"),
    _text("parameter"),
    _text("value"),
    _number("effective_from_ms"),
    UniqueConstraint("site_id", "parameter", "value"),
)

referrers = Table(
    "referrers",
    metadata,
    _id(),
    _version(),
    _of("partner_id", "accounts.id"),
    _of("site_id", "sites.id"),
    _text("host"),
    _number("effective_from_ms"),
    UniqueConstraint("site_id", "host"),
)

exclusions = Table(
    "exclusions",
    metadata,
    _id(),
    _version(),
    _of("account_id", "accounts.id"),
    _text("network"),
    _number("from_ms"),
    _number("until_ms"),
    _text("sealed_range", nullable=True),
    CheckConstraint("from_ms < until_ms", name="range_not_empty"),
    Index(None, "account_id"),
)

server_keys = Table(
    "server_keys",
    metadata,
    _id(),
    _version(),
    _of("account_id", "accounts.id"),
    _text("secret_sha256"),
    _texts("scopes"),
    _flag("revoked"),
    UniqueConstraint("secret_sha256"),
)

numbering = Table(
    "numbering",
    metadata,
    Column("single", Boolean, primary_key=True),
    _number("last_sequence"),
    CheckConstraint("single", name="one_row"),
)
"""The greatest sequence given; its row's lock puts all changes one after the other."""

outbox = Table(
    "outbox",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("key", LargeBinary, nullable=False),
    Column("value", LargeBinary, nullable=False),
    _flag("from_publication"),
    Column("frozen_at", DateTime(timezone=True), nullable=True),
    Column("published_at", DateTime(timezone=True), nullable=True),
    UniqueConstraint("key"),
    CheckConstraint("published_at IS NULL OR frozen_at IS NOT NULL", name="frozen_first"),
    Index("outbox_waiting", "sequence", postgresql_where=text("published_at IS NULL")),
)
"""Every record as it stands in the topic, in its order; from `frozen_at` on its bytes stay."""

applications = Table(
    "applications",
    metadata,
    Column("application_id", BigInteger, Identity(always=True), primary_key=True),
    _number("applied_at_ms"),
    _text("file_sha256"),
    _number("sequence"),
    Column("changes", JSONB, nullable=False),
)
"""The audit of files that the operator applied: never changed, never deleted (rules.md §6)."""
