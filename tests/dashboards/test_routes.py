"""Who may see what: signed out, the wrong side, another account, and what makes no sense."""

import re

import httpx
import pytest
from fastapi.routing import APIRoute

from dashboards.app import PARTS
from dashboards.headers import POLICY
from dashboards.parts import Parts
from tests.dashboards.browsing import signed_in, token_in
from tests.dashboards.example import GRAVEL, SLOW

PUBLIC = {"/", "/health", "/sign-in"}
CHANGES = {"/sign-out", "/theme"}


def paths(month: Parts) -> list[str]:
    """Every address of the application that answers a GET, with ids that exist."""
    conversion = month.warehouse.execute(
        "SELECT any(conversion_id) FROM conversions WHERE partner_id = 'slow-miles'"
    ).rows[0][0]
    statement = month.statements.of_advertiser("harbour-bikes")[0].statement_id
    ids = {"agreement_id": SLOW.agreement_id, "conversion_id": conversion}
    every = [route for part in PARTS for route in part.router.routes]
    routes = [route for route in every if isinstance(route, APIRoute)]
    return [
        route.path.format(**ids, statement_id=statement)
        for route in routes
        if "GET" in (route.methods or ())
    ]


@pytest.fixture(scope="module")
def nobody(pages: str) -> httpx.Client:
    return httpx.Client(base_url=pages)


def test_signed_out_every_page_leads_to_the_sign_in_and_back(
    month: Parts, nobody: httpx.Client
) -> None:
    asked = [path for path in paths(month) if path not in PUBLIC]
    assert len(asked) > 15
    for path in asked:
        answer = nobody.get(path, params={"range": "7d"})
        if path.startswith(("/api/", "/live/")):
            assert answer.status_code == 401, path
            assert answer.headers["content-type"] == "application/problem+json"
        else:
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith(f"/sign-in?next=%2F{path[1:7]}")


def test_signed_out_a_form_changes_nothing(nobody: httpx.Client) -> None:
    for path in CHANGES:
        assert nobody.post(path, data={"theme": "dark"}).headers["location"] == "/sign-in"


def test_another_account_finds_nothing_of_the_first(month: Parts, pages: str) -> None:
    stranger = signed_in(pages, "tess@tern.example")
    owned = [
        path
        for path in paths(month)
        if re.search(r"agreements/|conversions/\w{8}|statements/", path)
    ]
    assert len(owned) == 7
    for path in owned:
        answer = stranger.get(path)
        assert answer.status_code == 404, path
        assert "belongs to another account" in answer.text


def test_a_partner_finds_nothing_of_another_partner(month: Parts, pages: str) -> None:
    other = signed_in(pages, f"{GRAVEL.partner_id}@example.com")
    for path in paths(month):
        if "/earning/agreements/" in path or re.search(r"conversions/\w{8}", path):
            assert other.get(path).status_code == 404, path


def test_who_stands_on_one_side_finds_nothing_on_the_other(month: Parts, pages: str) -> None:
    clients = {
        "/earning": signed_in(pages, "ada@harbourbikes.example"),
        "/paying": signed_in(pages, f"{SLOW.partner_id}@example.com"),
    }
    for wrong, client in clients.items():
        for path in paths(month):
            if path.startswith(wrong) or path == f"/live{wrong}":
                assert client.get(path).status_code == 404, path
        assert client.get(f"/api/v1/overview?side={wrong[1:]}").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/paying?range=fortnight", 400),
        ("/paying?range=custom&from=2026-11-03&to=2026-11-01", 400),
        ("/paying?range=custom&from=x&to=", 400),
        ("/paying?metric=fame&against=hope", 200),
        ("/paying/conversions?reason=boredom", 404),
        ("/paying/conversions?page=0", 404),
        ("/paying/conversions?page=\u0663", 404),
        ("/paying/conversions?page=-1", 404),
        ("/paying/conversions?agreement=nothing", 404),
        ("/paying/agreements/nothing", 404),
        ("/paying/agreements/" + "x" * 2000, 404),
        ("/paying/statements/nothing", 404),
        ("/conversions/'; DROP TABLE conversions; --", 404),
        ("/conversions/%00", 404),
        ("/nothing", 404),
        ("/api/v1/overview", 404),
        ("/api/v1/overview?side=middle", 404),
        ("/api/v1/overview?side=paying&range=fortnight", 400),
        ("/api/v1/nothing", 404),
    ],
)
def test_what_makes_no_sense_is_told_and_never_an_error_of_ours(
    pages: str, path: str, status: int
) -> None:
    assert signed_in(pages, "ada@harbourbikes.example").get(path).status_code == status


def test_dates_that_cannot_be_used_stay_in_the_form_beside_the_sentence(pages: str) -> None:
    client = signed_in(pages, "ada@harbourbikes.example")
    page = client.get("/paying?range=custom&from=2026-11-03&to=2026-11-01").text
    assert "The first day is after the last." in page
    assert 'name="from" required value="2026-11-03"' in page


@pytest.mark.parametrize("month_text", ["2026-13", "november", "2030-01", "1999-01"])
def test_a_month_that_is_none_is_not_found(pages: str, month_text: str) -> None:
    client = signed_in(pages, f"{SLOW.partner_id}@example.com")
    assert client.get("/earning/statements", params={"month": month_text}).status_code == 404


def test_a_wrong_password_and_an_unknown_address_are_told_the_same(pages: str) -> None:
    answers = []
    for email in ("ada@harbourbikes.example", "nobody@example.com"):
        client = httpx.Client(base_url=pages)
        token = token_in(client.get("/sign-in").text)
        data = {"email": email, "password": "not this one", "token": token}
        answer = client.post("/sign-in", data=data)
        assert answer.status_code == 401
        assert "The e-mail address or password is not right." in answer.text
        assert f'value="{email}"' in answer.text
        answers.append(answer.text.replace(email, ""))
    assert token_in(answers[0]) != token_in(answers[1])


def test_a_form_without_its_browsers_token_is_refused(pages: str) -> None:
    data = {"email": "ada@harbourbikes.example", "password": "practice-money-1"}
    other = token_in(httpx.Client(base_url=pages).get("/sign-in").text)
    client = httpx.Client(base_url=pages)
    client.get("/sign-in")
    for token in ("", "0" * 32, other):
        assert client.post("/sign-in", data={**data, "token": token}).status_code == 403
    inside = signed_in(pages, "ada@harbourbikes.example")
    assert inside.post("/sign-out").status_code == 403
    assert inside.get("/paying").status_code == 200


def test_signing_out_ends_the_session_of_this_browser(pages: str) -> None:
    client = signed_in(pages, "ada@harbourbikes.example")
    token = token_in(client.get("/paying").text)
    assert client.post("/sign-out", data={"token": token}).headers["location"] == "/sign-in"
    assert client.get("/paying").status_code == 303


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/paying/statements?x=1", "/paying/statements?x=1"),
        ("https://evil.example/", "/paying"),
        ("//evil.example/", "/paying"),
        ("/\\evil.example", "/paying"),
        ("javascript:alert(1)", "/paying"),
    ],
)
def test_signing_in_leads_back_to_our_own_pages_only(pages: str, wanted: str, led_to: str) -> None:
    client = httpx.Client(base_url=pages)
    token = token_in(client.get("/sign-in").text)
    data = {"email": "Ada@HarbourBikes.example ", "password": "practice-money-1"}
    answer = client.post("/sign-in", data={**data, "token": token, "next": wanted})
    assert answer.headers["location"] == led_to


def test_the_theme_is_remembered(pages: str) -> None:
    client = signed_in(pages, "ada@harbourbikes.example")
    token = token_in(client.get("/paying").text)
    client.post("/theme", data={"token": token, "theme": "dark", "back": "/paying"})
    assert 'data-theme="dark"' in client.get("/paying").text
    client.post("/theme", data={"token": token, "theme": "", "back": "/paying"})
    assert "data-theme" not in client.get("/paying").text


def test_every_answer_forbids_foreign_scripts_and_frames(pages: str, nobody: httpx.Client) -> None:
    client = signed_in(pages, "ada@harbourbikes.example")
    for answer in (client.get("/paying"), nobody.get("/nothing"), nobody.get("/health")):
        assert answer.headers["content-security-policy"] == POLICY
        assert "unsafe" not in POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


def test_no_page_needs_an_inline_script_or_style(month: Parts, pages: str) -> None:
    client = signed_in(pages, "ada@harbourbikes.example")
    asked = [p for p in paths(month) if not p.startswith(("/live/", "/earning", "/api/"))]
    for path in asked:
        html = client.get(path, follow_redirects=True).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=)", html), (
            path
        )


def test_files_are_kept_for_ever_under_names_that_change(
    month: Parts, nobody: httpx.Client
) -> None:
    answer = nobody.get(month.built.url("app.css"))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


def test_health_and_home_need_nobody(nobody: httpx.Client) -> None:
    assert nobody.get("/health").json() == {"live": True}
    home = nobody.get("/")
    assert "Pay partners for results you can both check." in home.text
    assert "harbourbikes" not in home.text
    assert "set-cookie" not in home.headers
