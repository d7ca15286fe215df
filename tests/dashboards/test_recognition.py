"""Who is signed in is recognised where they browse, so that their own visits never count."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import create_engine, select

from dashboards import sessions
from dashboards.app import create_app
from dashboards.parts import Parts
from dashboards.recognition import Recognition
from ingest.clients import Clients
from partnerships import partner_cookie
from partnerships.keys import Keys
from partnerships.networks import network_hashes
from partnerships.store import tables
from tests.dashboards import example_month
from tests.dashboards.browsing import signed_in
from tests.dashboards.example import NOW_MS
from tests.dashboards.serving import parts_on
from warehouse.store import Store as Warehouse

ADDRESS = "203.0.113.77"
DAY_MS = 24 * 3_600_000


@pytest.fixture
def parts(
    postgres: str, store: Warehouse, clickhouse_database: str, keys: Keys, front_end: None
) -> Iterator[Parts]:
    example_month.fill_partnerships(postgres, keys.network)
    with parts_on(postgres, clickhouse_database, keys) as parts:
        yield parts


def learned(parts: Parts) -> list[tuple[str, str, int, int]]:
    table = tables.exclusions
    columns = table.c.account_id, table.c.network, table.c.from_ms, table.c.until_ms
    engine = create_engine(parts.settings.postgres)
    with engine.connect() as connection:
        rows = connection.execute(select(*columns).order_by(table.c.from_ms))
        return [tuple(row) for row in rows]


def test_a_network_is_learned_once_a_day_for_thirty_days(parts: Parts) -> None:
    hashed = network_hashes(ADDRESS, parts.keys.network)[0]
    recognition = Recognition(parts)
    for _ in range(3):
        recognition.learn("slow-miles", ADDRESS)
    first = ("slow-miles", hashed, NOW_MS - DAY_MS, NOW_MS + 30 * DAY_MS)
    assert learned(parts) == [first]
    tomorrow = Recognition(replace(parts, now_ms=lambda: NOW_MS + DAY_MS))
    tomorrow.learn("slow-miles", ADDRESS)
    assert [row[2] for row in learned(parts)] == [NOW_MS - DAY_MS, NOW_MS]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.9", "unix", ""])
def test_loopback_private_and_no_address_teach_nothing(parts: Parts, address: str) -> None:
    Recognition(parts).learn("slow-miles", address)
    assert learned(parts) == []


async def ask(parts: Parts, address: str, cookies: dict[str, str]) -> httpx.Response:
    transport = httpx.ASGITransport(create_app(parts), client=(address, 1234))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://pages", cookies=cookies
    ) as client:
        return await client.get("/earning")


def test_each_request_of_someone_signed_in_teaches_its_network(parts: Parts) -> None:
    user_id = _user_id(parts, "slow-miles@example.com")
    session = sessions.seal(sessions.begin(user_id, NOW_MS), parts.keys.session)
    assert asyncio.run(ask(parts, ADDRESS, {})).status_code == 303
    assert learned(parts) == []
    answer = asyncio.run(ask(parts, ADDRESS, {sessions.NAME: session}))
    assert answer.status_code == 200
    assert [row[0] for row in learned(parts)] == ["slow-miles"]


def _user_id(parts: Parts, email: str) -> int:
    engine = create_engine(parts.settings.postgres)
    with engine.connect() as connection:
        query = select(tables.users.c.id).where(tables.users.c.email == email)
        found: int = connection.execute(query).scalar_one()
        return found


def test_the_collector_recognises_the_browser_of_a_partner(pages: str, keys: Keys) -> None:
    client = signed_in(pages, "slow-miles@example.com")
    carried = client.cookies[partner_cookie.NAME]
    seen = Clients(keys).client("203.0.113.5", "Mozilla/5.0", "browser", carried, gpc=False)
    assert seen.partner_cookie == ("slow-miles",)


def test_a_browser_of_two_accounts_is_known_as_both_the_newest_last(pages: str, keys: Keys) -> None:
    client = signed_in(pages, "slow-miles@example.com")
    other = signed_in(pages, "gravel-letters@example.com")
    client.cookies.set("cf_session", other.cookies["cf_session"])
    client.get("/earning")
    values = [c.value for c in client.cookies.jar if c.name == partner_cookie.NAME]
    assert ("slow-miles", "gravel-letters") in [
        partner_cookie.open_cookie(value or "", keys.cookie) for value in values
    ]


def test_cookies_are_closed_to_scripts_and_to_other_sites(pages: str) -> None:
    client = signed_in(pages, "slow-miles@example.com")
    answer = client.get("/sign-in")
    assert answer.status_code == 303
    fresh = httpx.Client(base_url=pages)
    (form,) = fresh.get("/sign-in").headers.get_list("set-cookie")
    assert "HttpOnly" in form
    assert "SameSite=Lax" in form
    assert urlsplit(pages).scheme == "http"
    assert "Secure" not in form
