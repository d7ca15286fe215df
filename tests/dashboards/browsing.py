"""A client that signs in as a person does, by the form."""

import re
from typing import Final

import httpx

from tests.dashboards.example_month import PASSWORD

_TOKEN: Final = re.compile(r'name="token" value="([0-9a-f]+)"')


def token_in(page: str) -> str:
    """The token that a page's forms carry."""
    found = _TOKEN.search(page)
    assert found, "the page has no form"
    return found[1]


def signed_in(url: str, email: str, password: str = PASSWORD) -> httpx.Client:
    """A client with a session; it follows no redirects."""
    client = httpx.Client(base_url=url, timeout=30)
    token = token_in(client.get("/sign-in").text)
    answer = client.post("/sign-in", data={"email": email, "password": password, "token": token})
    assert answer.status_code == 303, answer.text
    return client
