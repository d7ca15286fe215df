"""What kind of agent made a request, as far as it says so itself; the streams judge it.

The first that holds: a HEAD is a preview; an empty user agent is a bot; a fetcher of link previews
is a preview; what the public list of crawlers names is a bot; a prefetch is a prefetch; all else
is a browser.
"""

import re
from functools import cache, lru_cache
from typing import Final

from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from ingest.events import Verdict

MAX_AGENT: Final = 512
"""Characters of a user agent that are looked at; all the list's names stand further in front."""

_AGENTS_CACHED: Final = 1 << 15
# They fetch a link to show what is behind it, because a person was sent it.
_PREVIEW_FETCHERS: Final = re.compile(
    "facebookexternalhit|facebookcatalog|Slackbot|Slack-ImgProxy|WhatsApp|Twitterbot|TelegramBot"
    "|Discordbot|LinkedInBot|SkypeUriPreview"
)


def verdict(agent: str, *, head: bool = False, prefetch: bool = False) -> Verdict:
    """The verdict on a request with this user agent."""
    if head:
        return "preview"
    found = _verdict_of_agent(agent[:MAX_AGENT])
    return "prefetch" if prefetch and found == "browser" else found


@lru_cache(maxsize=_AGENTS_CACHED)
def _verdict_of_agent(agent: str) -> Verdict:
    if not agent.strip() or agent == "-":
        return "bot"
    if _PREVIEW_FETCHERS.search(agent):
        return "preview"
    return "bot" if _crawlers().search(agent) else "browser"


@cache
def _crawlers() -> re.Pattern[str]:
    return re.compile("|".join(entry["pattern"] for entry in CRAWLER_USER_AGENTS_DATA))
