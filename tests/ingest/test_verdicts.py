"""What kind of agent made a request."""

import pytest

from ingest.verdicts import verdict
from tests.ingest.builders import BROWSER, GOOGLEBOT


@pytest.mark.parametrize(
    "agent",
    [
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "WhatsApp/2.23.20.0",
        "Twitterbot/1.0",
        "TelegramBot (like TwitterBot)",
        "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    ],
)
def test_who_fetches_a_link_to_show_it_is_a_preview(agent: str) -> None:
    assert verdict(agent) == "preview"


@pytest.mark.parametrize(
    "agent",
    [
        GOOGLEBOT,
        "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers)",
        "curl/8.5.0",
        "python-requests/2.32",
    ],
)
def test_what_the_public_list_names_is_a_bot(agent: str) -> None:
    assert verdict(agent) == "bot"


@pytest.mark.parametrize("agent", ["", "  ", "-"])
def test_an_empty_user_agent_is_a_bot(agent: str) -> None:
    assert verdict(agent) == "bot"


def test_a_browser_is_a_browser() -> None:
    assert verdict(BROWSER) == "browser"


def test_a_head_is_a_preview_whoever_sends_it() -> None:
    assert {verdict(agent, head=True) for agent in (BROWSER, GOOGLEBOT, "")} == {"preview"}


def test_a_prefetching_browser_prefetches_and_a_prefetching_bot_is_a_bot() -> None:
    assert verdict(BROWSER, prefetch=True) == "prefetch"
    assert verdict(GOOGLEBOT, prefetch=True) == "bot"


def test_an_agent_of_any_length_is_judged_by_its_beginning() -> None:
    assert verdict(BROWSER + "x" * 100_000) == "browser"
