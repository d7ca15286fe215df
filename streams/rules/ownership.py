"""Whether a visit was the payer's or the earning side's own (rules.md §5)."""

from collections.abc import Iterable, Iterator

from ingest.events import Flag
from partnerships.catalog import View
from streams.facts import Refusal


def owners_seen(
    view: View,
    advertiser_id: str,
    partner_id: str,
    *,
    networks: Iterable[str],
    at_ms: int,
    cookies: Iterable[str] = (),
    flags: Iterable[Flag] = (),
) -> Iterator[Refusal]:
    """`advertiser_own` and `self_click`, as far as they hold.

    `networks`: keyed hashes, judged at `at_ms` by this catalog. `cookies`: accounts whose signed
    cookie the browser carried. `flags`: what the collector knew at the click.
    """
    held, known, flagged = tuple(networks), tuple(cookies), tuple(flags)
    if "own" in flagged or advertiser_id in known or view.excluded(advertiser_id, held, at_ms):
        yield "advertiser_own"
    if (
        "partner_cookie" in flagged
        or "partner_network" in flagged
        or partner_id in known
        or view.excluded(partner_id, held, at_ms)
    ):
        yield "self_click"
