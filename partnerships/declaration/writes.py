"""What applying a file writes, as values: the store carries them out in one transaction."""

from dataclasses import dataclass, field
from typing import Literal

from partnerships.known import Installation, Owner, Profile, Proposal
from partnerships.records import Agreement, CatalogRecord

Outcome = Literal["created", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Publish:
    """A new version of a record, kept and announced.

    `from_publication`: it holds from its announcement on, not before (rules.md §6).
    """

    record: CatalogRecord
    from_publication: bool = False


@dataclass(frozen=True, slots=True)
class Propose:
    """An agreement that is not accepted yet; nothing of it is announced."""

    agreement: Agreement
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class Accept:
    """The proposal is answered: its terms are announced instead."""

    agreement_id: str


@dataclass(frozen=True, slots=True)
class SetInstallation:
    """The operator's settings from now on."""

    installation: Installation


@dataclass(frozen=True, slots=True)
class SetProfile:
    """What payments need of an account."""

    account_id: str
    profile: Profile


@dataclass(frozen=True, slots=True)
class SetOwner:
    """Who may sign in for an account."""

    owner: Owner


@dataclass(frozen=True, slots=True)
class SealRange:
    """A declared range of own networks, to be kept encrypted beside its exclusion."""

    exclusion_id: str
    range: str = field(repr=False)


Write = Publish | Propose | Accept | SetInstallation | SetProfile | SetOwner | SealRange


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one object of a file; `writes` is empty when it stays as it was."""

    table: str
    id: str
    outcome: Outcome
    writes: tuple[Write, ...] = ()
