"""Closes a day purse by purse over the warehouse's rows; planning and applying do the same."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from partnerships.money import FeeGroup
from settlement.closing import PurseClose, close_purse
from settlement.decisions import PurseId
from settlement.evidence import Evidence
from settlement.plans import PlannedClose
from settlement.purses import Broken, Verified


def purse_closes(
    evidence: Evidence,
    close: PlannedClose,
    verified: Mapping[PurseId, Verified],
    billed_gross: Mapping[PurseId, Mapping[FeeGroup, int]],
) -> Iterator[PurseClose]:
    """Every purse of the close's snapshot, one after the other, in flat memory.

    `verified`, `billed_gross`: as the close of the day before left them.
    """
    sequences = {purse: state.sequence for purse, state in verified.items()}
    heads = {head.purse: head.sequence for head in close.heads}
    decisions = evidence.decisions(close.advertiser_id, close.day, close.heads, sequences)
    for purse, rows in groupby(decisions, key=lambda decision: decision.purse):
        before = verified.get(purse, Verified())
        closed = close_purse(close.day, purse, before, billed_gross.get(purse, {}), rows)
        yield _complete(closed, heads.pop(purse))
    for purse, head in heads.items():
        before = verified.get(purse, Verified())
        yield _complete(PurseClose(purse, before, None, (), {}), head)


def _complete(closed: PurseClose, head: int) -> PurseClose:
    """A purse whose decisions end before its head has lost some."""
    last = closed.verified.sequence
    if closed.broken or last >= head:
        return closed
    return replace(closed, broken=Broken(last + 1, "", f"no decision follows {last}, of {head}"))
