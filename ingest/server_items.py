"""What becomes of one item of a server-to-server call: an event of the log, or a refusal.

The caller's network and agent are never judged: only its visitor's touches or its token's are.
"""

from ingest.admission import Caller, Receipt
from ingest.events import Event
from ingest.extras import masked, order_kept, refused_extras, time_of
from ingest.identity import nonce_key, visitor_key
from ingest.items import Refused, ServerItem
from ingest.snapshot import KnownSite, Snapshot
from ingest.tokens import open_token
from partnerships.keys import Keys


def admit(
    item: ServerItem, event_id: str, caller: Caller, known: Snapshot, receipt: Receipt, keys: Keys
) -> Event | Refused:
    """The `conversion` event of an item, at its visitor, or at the click's when it names none."""
    site = _site(item, caller, known)
    if isinstance(site, Refused):
        return site
    if refused := refused_extras(item):
        return refused
    at = time_of(item, receipt.received_at, imports=caller.imports)
    if isinstance(at, Refused):
        return at
    token = open_token(item.click, keys.tokens) if item.click else None
    if item.click and token is None:
        return Refused("bad_click", "click is no click token of this installation")
    if item.visitor:
        visitor = visitor_key(site.id, item.visitor, keys.visitor)
    elif token is not None:
        visitor = nonce_key(token.nonce, keys.visitor)
    else:
        return Refused("no_visitor", "an item needs a visitor or a click")
    return Event(
        id=event_id,
        site=site.id,
        type="conversion",
        visitor=visitor,
        occurred_at=at.at_ms,
        received_at=receipt.received_at,
        collector=receipt.collector,
        collected_id=receipt.next_id(),
        objective=item.objective,
        token=token,
        order=order_kept(item.order, keys.conversion),
        value_minor=item.value_minor,
        currency=item.currency,
        properties=masked(item.properties),
        test=item.test,
        imported=caller.imports,
        too_old=at.too_old,
    )


def _site(item: ServerItem, caller: Caller, known: Snapshot) -> KnownSite | Refused:
    objective = known.objective(item.objective)
    site = known.site(objective.site_id) if objective else None
    if objective is None or site is None:
        return Refused("unknown_objective", "no objective has this id")
    if site.advertiser_id != caller.account_id:
        return Refused("foreign_site", "the objective belongs to another account than the key")
    if item.site and known.site_with_key(item.site) is not site:
        return Refused("unknown_site", "the objective belongs to another site than this key's")
    if not objective.server:
        return Refused("not_by_server", "the objective takes no server items")
    return site
