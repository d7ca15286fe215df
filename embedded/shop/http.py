"""The shop's pages. The basket rides in a cookie, so the shop itself remembers nothing."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from embedded.pages import render
from embedded.shop.range import BIKES, CURRENCY, euros, total_minor

BASKET = "basket"
BASKET_BIKES = 20  # a cookie holds 4 kB


@dataclass(frozen=True, slots=True)
class Tag:
    """Whose tag the pages carry: the collector's address and the site's key."""

    collector: str
    site: str


@dataclass(frozen=True, slots=True)
class Booking:
    """A form without money."""

    title: str
    words: str
    button: str


BOOKINGS = {
    "test-ride": Booking(
        "Book a test ride", "An hour on any bike, free, from the shop.", "Book the ride"
    ),
    "workshop": Booking(
        "Book the workshop", "A full service while you wait, € 49.", "Book the service"
    ),
}


def application(tag: Tag) -> Starlette:
    """The shop, carrying this tag on every page."""
    shop = _Shop(tag)
    routes = [
        Route("/", shop.home),
        Route("/bikes/{slug}", shop.bike),
        Route("/cart", shop.cart),
        Route("/cart", shop.put, methods=["POST"]),
        Route("/order", shop.order, methods=["POST"]),
        Route("/thanks/{order}", shop.thanks),
        Route("/newsletter", shop.newsletter, methods=["POST"]),
        Route("/welcome", shop.welcome),
    ]
    for name in BOOKINGS:
        routes.append(Route(f"/{name}", shop.booking(name)))
        routes.append(Route(f"/{name}", shop.book(name), methods=["POST"]))
        routes.append(Route(f"/{name}/booked", shop.booked))
    return Starlette(routes=routes, exception_handlers={404: shop.missing})


class _Shop:
    def __init__(self, tag: Tag) -> None:
        self._tag = tag

    async def home(self, request: Request) -> Response:
        return self._page("home", request, bikes=BIKES.values())

    async def bike(self, request: Request) -> Response:
        bike = BIKES.get(request.path_params["slug"])
        if bike is None:
            raise HTTPException(404)
        return self._page("bike", request, bike=bike)

    async def cart(self, request: Request) -> Response:
        slugs = _basket(request)
        chosen = [BIKES[slug] for slug in slugs]
        return self._page("cart", request, chosen=chosen, total=euros(total_minor(slugs)))

    async def put(self, request: Request) -> Response:
        async with request.form() as form:
            slugs = [*_basket(request), str(form.get("bike", ""))][-BASKET_BIKES:]
        return _with_basket(RedirectResponse("/cart", 303), slugs)

    async def order(self, request: Request) -> Response:
        slugs = _basket(request)
        if not slugs:
            return RedirectResponse("/cart", 303)
        number = f"HB-{secrets.token_hex(4).upper()}"
        thanks = f"/thanks/{number}?total_minor={total_minor(slugs)}"
        return _with_basket(RedirectResponse(thanks, 303), [])

    async def thanks(self, request: Request) -> Response:
        total = request.query_params.get("total_minor", "0")
        value_minor = int(total) if total.isdecimal() and len(total) < 10 else 0
        return self._page(
            "thanks",
            request,
            order=request.path_params["order"],
            value_minor=value_minor,
            value=euros(value_minor),
            currency=CURRENCY,
        )

    async def newsletter(self, request: Request) -> Response:
        return RedirectResponse("/welcome", 303)

    async def welcome(self, request: Request) -> Response:
        words = "The harbour letter comes once a month, with a loop to ride."
        return self._page("done", request, title="Welcome aboard", words=words)

    async def missing(self, request: Request, _error: Exception) -> Response:
        words = "This page is not here. The bikes are on the first page."
        return self._page("done", request, 404, title="Nothing here", words=words)

    def booking(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        async def page(request: Request) -> Response:
            return self._page("booking", request, booking=BOOKINGS[name])

        return page

    def book(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        async def act(_request: Request) -> Response:
            return RedirectResponse(f"/{name}/booked", 303)

        return act

    async def booked(self, request: Request) -> Response:
        words = "See you at the harbour. We keep the kettle on."
        return self._page("done", request, title="Booked", words=words)

    def _page(self, name: str, request: Request, status: int = 200, **values: object) -> Response:
        basket = len(_basket(request))
        text = render(f"shop/{name}.html", tag=self._tag, basket=basket, **values)
        return HTMLResponse(text, status)


def _basket(request: Request) -> list[str]:
    slugs = request.cookies.get(BASKET, "").split(".")
    return [slug for slug in slugs if slug in BIKES][:BASKET_BIKES]


def _with_basket(response: Response, slugs: list[str]) -> Response:
    response.set_cookie(BASKET, ".".join(slugs), httponly=True, samesite="lax")
    return response
