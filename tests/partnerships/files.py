"""Builders of partnerships files and of a store that has taken them."""

from partnerships.applying import Applied, apply
from partnerships.networks import NetworkKey
from partnerships.store.store import Store

KEY = NetworkKey("k1", b"s" * 32)
NOW_MS = 1_794_489_600_000  # Thu 12 Nov 2026, 13:20 CET

SHOP = """
[[accounts]]
id = "bikes"
name = "Harbour Bikes"
email = "ada@bikes.example"
zone = "Europe/Berlin"
currency = "EUR"
card = "pm_card_visa"

[[accounts]]
id = "letters"
name = "Gravel Letters"
email = "gus@letters.example"
zone = "Europe/Lisbon"
currency = "EUR"
transfers = true
networks = [{ range = "203.0.113.7/32", from = 2026-01-01 }]

[[sites]]
id = "shop"
account = "bikes"
key = "ck_shop"
hosts = ["shop.example", "www.shop.example"]
landing = "https://shop.example/"
verified_from = 2026-01-01

[[objectives]]
id = "sale"
site = "shop"
name = "Sale"
type = "sale"
page = "/thanks?order=*"
count = "order"

[[agreements]]
id = "deal"
site = "shop"
partner = "letters"
objective = "sale"
price = "12.00"
budget = "1500.00"
fee_paid_by = "partner"
accepted_on = 2026-01-01

[[links]]
site = "shop"
partner = "letters"
code = "gravel01"

[[campaigns]]
site = "shop"
partner = "letters"
parameter = "utm_source"
value = "letters"

[[referrers]]
site = "shop"
partner = "letters"
host = "letters.example"
"""


def changed(old: str, new: str, text: str = SHOP) -> str:
    """The file with one passage replaced, which must be there exactly once."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the file"
    return text.replace(old, new)


def applied(store: Store, text: str = SHOP, now_ms: int = NOW_MS) -> Applied:
    """Apply a file as the operator would."""
    return apply(store, text, {}, KEY, now_ms)


def outcomes(result: Applied) -> dict[str, str]:
    """What became of each object, without those that stayed as they were."""
    return {
        f"{change.table} {change.id}".strip(): change.outcome
        for change in result.changes
        if change.outcome != "unchanged"
    }
