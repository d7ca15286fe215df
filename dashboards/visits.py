"""A browser's request: who sends it, which cookies it gets, and whether its form is ours."""

from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Annotated, Final, Literal

from fastapi import Depends, Form, Request

from dashboards import sessions
from dashboards.parts import Parts
from dashboards.reading.viewers import Viewer, read_viewer
from dashboards.recognition import COOKIE_SECONDS, Recognition
from dashboards.sessions import Session
from dashboards.views.results import Side
from partnerships import partner_cookie

Theme = Literal["", "light", "dark"]

THEME_NAME: Final = "cf_theme"
_YEAR_SECONDS: Final = 365 * 24 * 3600


class SignedOut(Exception):
    """Nobody is signed in where somebody must be."""


class NotFound(Exception):
    """There is no such page for this account."""


class ForgedForm(Exception):
    """The form does not carry the token of the browser that sends it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of someone signed in."""

    request: Request
    viewer: Viewer
    session: Session

    @property
    def token(self) -> str:
        """For forms on the page."""
        return sessions.form_token(self.session.nonce, parts_of(self.request).keys.session)

    def on(self, side: Side) -> "Visit":
        """Itself, if the account stands on this side; raises NotFound."""
        if side not in self.viewer.sides:
            raise NotFound
        return self


def parts_of(request: Request) -> Parts:
    """What the application was built with."""
    parts: Parts = request.app.state.parts
    return parts


def current(request: Request) -> Visit | None:
    """The visit of someone signed in; None for everybody else."""
    parts = parts_of(request)
    value = request.cookies.get(sessions.NAME, "")
    session = sessions.open_session(value, parts.keys.session, parts.now_ms())
    viewer = read_viewer(parts, session.user_id) if session else None
    if session is None or viewer is None:
        return None
    recognise(request, viewer.account.account_id)
    return Visit(request, viewer, session)


def signed_in(request: Request) -> Visit:
    """Like `current`; raises SignedOut."""
    visit = current(request)
    if visit is None:
        raise SignedOut
    return visit


SignedIn = Annotated[Visit, Depends(signed_in)]


def signed_in_form(visit: SignedIn, token: Annotated[str, Form()] = "") -> Visit:
    """Like `signed_in`, for a form that changes something; raises ForgedForm."""
    key = parts_of(visit.request).keys.session
    if not sessions.token_matches(token, visit.session.nonce, key):
        raise ForgedForm
    return visit


SignedInForm = Annotated[Visit, Depends(signed_in_form)]


def recognise(request: Request, account_id: str) -> None:
    """Teach the browser's network and let the collector know the browser."""
    recognition: Recognition = request.app.state.recognition
    if request.client:
        recognition.learn(account_id, request.client.host)
    carried = request.cookies.get(partner_cookie.NAME, "")
    if value := recognition.cookie(account_id, carried):
        set_cookie(request, partner_cookie.NAME, value, COOKIE_SECONDS, everywhere=True)


def set_cookie(
    request: Request, name: str, value: str, seconds: int | None, *, everywhere: bool = False
) -> None:
    """Give the browser a cookie with the answer. `seconds`: None: until it is closed; 0: forget.

    `everywhere`: also requests that other sites' pages make carry it, where TLS allows that.
    """
    secure = parts_of(request).settings.secure
    cookies: SimpleCookie = request.state.cookies
    cookies[name] = value
    morsel = cookies[name]
    morsel["path"] = "/"
    morsel["httponly"] = True
    morsel["samesite"] = "None" if everywhere and secure else "Lax"
    if secure:
        morsel["secure"] = True
    if seconds is not None:
        morsel["max-age"] = seconds


def theme_of(request: Request) -> Theme:
    """The theme that the person chose; "" follows the system."""
    chosen = request.cookies.get(THEME_NAME, "")
    return "light" if chosen == "light" else "dark" if chosen == "dark" else ""


def remember_theme(request: Request, theme: Theme) -> None:
    """Keep the choice for a year; "" forgets it."""
    set_cookie(request, THEME_NAME, theme, _YEAR_SECONDS if theme else 0)
