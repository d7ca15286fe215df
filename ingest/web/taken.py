"""The answer to a body of items: how many were taken durably, and why others were not."""

from typing import Final

from ingest import metrics
from ingest.collector import Collector, Unavailable
from ingest.events import Event
from ingest.items import Refused
from ingest.web.answers import Answer, json, unavailable

_ONE_TAKEN: Final = json(202, {"accepted": 1, "refused": []})


async def taken(collector: Collector, items: list[Event | Refused]) -> Answer:
    """202 when everything taken is durable, 400 when nothing was taken; raises Problem 503."""
    events = [item for item in items if isinstance(item, Event)]
    if events:
        try:
            await collector.store(events)
        except Unavailable as error:
            raise unavailable(str(error)) from error
        if len(items) == 1:
            return _ONE_TAKEN
    refused = [
        {"index": index, "reason": item.reason, "detail": item.detail}
        for index, item in enumerate(items)
        if isinstance(item, Refused)
    ]
    for refusal in refused:
        metrics.refused.labels(refusal["reason"]).inc()
    body: dict[str, object] = {"accepted": len(events), "refused": refused}
    return json(202, body) if events else json(400, {"reason": "no item was taken", **body})
