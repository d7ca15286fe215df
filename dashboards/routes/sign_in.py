"""Signing in and out, and the theme."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from dashboards import sessions
from dashboards.reading.viewers import read_viewer
from dashboards.rendering import public_page
from dashboards.visits import (
    ForgedForm,
    SignedInForm,
    current,
    parts_of,
    recognise,
    remember_theme,
    set_cookie,
)
from partnerships import sign_in as find_user

router = APIRouter()

WRONG = "The e-mail address or password is not right."


@router.get("/sign-in")
def form(request: Request, next: str = "") -> Response:
    """The form, unless somebody is signed in already."""
    if visit := current(request):
        return RedirectResponse(_own(next) or f"/{visit.viewer.sides[0]}", 303)
    return _page(request, _own(next))


@router.post("/sign-in")
def sign_in(
    request: Request,
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    token: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """Begins a session; any wrong answer is told the same way."""
    parts = parts_of(request)
    if not sessions.token_matches(
        token, request.cookies.get(sessions.FORM_NAME, ""), parts.keys.session
    ):
        raise ForgedForm
    user = find_user(parts.partnerships, email, password)
    viewer = read_viewer(parts, user.id) if user else None
    if viewer is None:
        return _page(request, _own(next), email=email, problem=WRONG, status=401)
    session = sessions.begin(viewer.user.id, parts.now_ms())
    value = sessions.seal(session, parts.keys.session)
    set_cookie(request, sessions.NAME, value, sessions.MAX_AGE_SECONDS)
    set_cookie(request, sessions.FORM_NAME, "", 0)
    recognise(request, viewer.account.account_id)
    return RedirectResponse(_own(next) or f"/{viewer.sides[0]}", 303)


@router.post("/sign-out")
def sign_out(visit: SignedInForm) -> Response:
    """Ends the session of this browser; it is still known as the account's own."""
    set_cookie(visit.request, sessions.NAME, "", 0)
    return RedirectResponse("/sign-in", 303)


@router.post("/theme")
def theme(
    visit: SignedInForm,
    theme: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
) -> Response:
    """Remembers light or dark; anything else follows the system."""
    chosen = "light" if theme == "light" else "dark" if theme == "dark" else ""
    remember_theme(visit.request, chosen)  # type: ignore[arg-type]
    return RedirectResponse(_own(back) or "/", 303)


def _page(
    request: Request, next_page: str, *, email: str = "", problem: str = "", status: int = 200
) -> Response:
    """The form is bound to the browser by a cookie of its own."""
    nonce = request.cookies.get(sessions.FORM_NAME) or sessions.new_nonce()
    set_cookie(request, sessions.FORM_NAME, nonce, None)
    token = sessions.form_token(nonce, parts_of(request).keys.session)
    return public_page(
        request,
        "sign_in.html",
        status=status,
        token=token,
        next=next_page,
        email=email,
        problem=problem,
    )


def _own(address: str) -> str:
    """An address of these pages, "" for any other: nobody is sent away after signing in."""
    parts = urlsplit(address)
    own = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if own and not parts.netloc and "\\" not in address else ""
