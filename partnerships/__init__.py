"""Who they are and what both sides agreed: the use cases that other rooms may call.

They are loaded when first used, so that the streams, which need only the pure modules of this
room, do without its database.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from partnerships.accounts import AccountProfile, account, payment_profiles, zones
    from partnerships.agreements import AgreementSheet, Side, agreements_of
    from partnerships.applying import Applied, apply
    from partnerships.declaration.problems import DeclarationError, Problem
    from partnerships.granting import GrantError, grant
    from partnerships.learning import learn_network
    from partnerships.people import User, sign_in, user
    from partnerships.store.store import Store

__all__ = [
    "AccountProfile",
    "AgreementSheet",
    "Applied",
    "DeclarationError",
    "GrantError",
    "Problem",
    "Side",
    "Store",
    "User",
    "account",
    "agreements_of",
    "apply",
    "grant",
    "learn_network",
    "payment_profiles",
    "sign_in",
    "user",
    "zones",
]

_HOMES: Final = {
    "accounts": ("AccountProfile", "account", "payment_profiles", "zones"),
    "agreements": ("AgreementSheet", "Side", "agreements_of"),
    "applying": ("Applied", "apply"),
    "declaration.problems": ("DeclarationError", "Problem"),
    "granting": ("GrantError", "grant"),
    "learning": ("learn_network",),
    "people": ("User", "sign_in", "user"),
    "store.store": ("Store",),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
