"""What the catalog does not carry: the installation, profiles, owners, proposals, sealed ranges."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects.postgresql import insert

from partnerships.catalog import View
from partnerships.known import Application, Installation, Known, Owner, Profile, Proposal
from partnerships.store import tables
from partnerships.store.rows import read_all


def read_known(connection: Connection) -> Known:
    """Everything the store knows, at the moment of this connection's transaction."""
    return Known(
        view=View(read_all(connection)),
        installation=read_installation(connection),
        profiles=read_profiles(connection),
        owners=read_owners(connection),
        proposals=read_proposals(connection),
    )


def read_installation(connection: Connection) -> Installation | None:
    """The operator's settings, if any were ever made."""
    table = tables.installation
    columns = table.c.fee_rate_bps, table.c.hold_days, table.c.transfer_minimum
    row = connection.execute(select(*columns)).one_or_none()
    return Installation(*row) if row else None


def read_profiles(connection: Connection) -> dict[str, Profile]:
    """Profiles by account."""
    return {row.pop("account_id"): Profile(**row) for row in _rows(connection, tables.profiles)}


def read_owners(connection: Connection) -> dict[str, Owner]:
    """Owners by account."""
    return {
        row["account_id"]: Owner(row["account_id"], row["email"], row["password_hash"])
        for row in _rows(connection, tables.users)
    }


def read_proposals(connection: Connection) -> dict[str, Proposal]:
    """Proposals by agreement."""
    return {row.pop("agreement_id"): Proposal(**row) for row in _rows(connection, tables.proposals)}


def write_installation(connection: Connection, installation: Installation) -> None:
    """Replace the operator's settings."""
    _replace(connection, tables.installation, "single", {"single": True, **asdict(installation)})


def write_profile(connection: Connection, account_id: str, profile: Profile) -> None:
    """Replace an account's profile."""
    values = {"account_id": account_id, **asdict(profile)}
    _replace(connection, tables.profiles, "account_id", values)


def write_owner(connection: Connection, owner: Owner) -> None:
    """Replace who signs in for an account."""
    _replace(connection, tables.users, "account_id", asdict(owner))


def write_proposal(connection: Connection, agreement_id: str, proposal: Proposal) -> None:
    """Replace the proposal of an agreement."""
    values = {"agreement_id": agreement_id, **proposal._asdict()}
    _replace(connection, tables.proposals, "agreement_id", values)


def drop_proposal(connection: Connection, agreement_id: str) -> None:
    """Forget a proposal that is answered."""
    table = tables.proposals
    connection.execute(table.delete().where(table.c.agreement_id == agreement_id))


def write_sealed_range(connection: Connection, exclusion_id: str, sealed: str) -> None:
    """Keep the sealed range beside its exclusion."""
    table = tables.exclusions
    connection.execute(table.update().where(table.c.id == exclusion_id).values(sealed_range=sealed))


def note_application(connection: Connection, application: Application) -> None:
    """Add a file that was applied to the audit; `sequence` is the catalog's before it."""
    changes = [
        {"table": table, "id": object_id, "outcome": outcome}
        for table, object_id, outcome in application.changed
    ]
    sequence = select(tables.numbering.c.last_sequence).scalar_subquery()
    connection.execute(
        tables.applications.insert().values(
            applied_at_ms=application.applied_at_ms,
            file_sha256=application.file_sha256,
            sequence=sequence,
            changes=changes,
        )
    )


def _rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    return [row._asdict() for row in connection.execute(select(table))]


def _replace(connection: Connection, table: Table, key: str, values: Mapping[str, Any]) -> None:
    statement = insert(table).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=values))
