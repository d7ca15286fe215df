"""What a replay did, for a person and for a program."""

import json

from ingest.replay import Sent
from ingest.views import Views


def summary_text(views: Views, sent: Sent) -> str:
    """A few lines: what was read, what was left out and why, what the collector took."""
    rows = [
        f"{views.lines:,} lines read, {sent.accepted:,} page views accepted "
        "(those sent before are known by their ids and add nothing)"
    ]
    rows += [f"  {count:,} left out: {what}" for what, count in views.skipped.most_common()]
    rows += [f"  {count:,} refused: {reason}" for reason, count in sent.refused.most_common()]
    if views.unreadable:
        rows.append(f"  {views.unreadable:,} lines can't be read, such as:")
        rows += [f"    {example}" for example in views.examples]
    return "\n".join(rows)


def summary_json(views: Views, sent: Sent) -> str:
    """The same as one object."""
    return json.dumps(
        {
            "lines": views.lines,
            "accepted": sent.accepted,
            "refused": dict(sent.refused),
            "skipped": dict(views.skipped),
            "unreadable": views.unreadable,
            "unreadable_examples": views.examples,
        }
    )
