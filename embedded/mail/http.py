"""The caught messages on a page: newest first, HTML only inside a sandbox."""

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime

from markupsafe import Markup, escape
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from embedded.mail.mailbox import Mailbox, received_ms
from embedded.mail.message import Letter, letter
from embedded.pages import render

PAGE_ROWS = 100

# What a mail may do when it is shown: look as it wants and open links, nothing else. It cannot
# run scripts, send forms, or fetch anything that would tell its sender that it was read.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
HTML_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:;"
    f" sandbox {SANDBOX}"
)

LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


def application(
    mailbox: Mailbox, lifespan: Callable[[Starlette], AbstractAsyncContextManager[None]]
) -> Starlette:
    """The pages over `mailbox`; `lifespan` is what runs beside them."""

    async def overview(request: Request) -> Response:
        names = mailbox.names(PAGE_ROWS, before=request.query_params.get("before"))
        older = mailbox.names(1, before=names[-1]) if names else []
        return HTMLResponse(
            render(
                "mailbox.html",
                rows=[_row(name, found) for name, found in _letters(mailbox, names)],
                older=names[-1] if older else None,
            )
        )

    async def listing(_request: Request) -> Response:
        names = mailbox.names(PAGE_ROWS)
        return JSONResponse([_row(name, found) for name, found in _letters(mailbox, names)])

    async def view(request: Request) -> Response:
        content = mailbox.read(request.path_params["name"])
        if content is None:
            return _nothing()
        return HTMLResponse(_page(request.path_params["name"], letter(content)))

    async def html(request: Request) -> Response:
        content = mailbox.read(request.path_params["name"])
        shown = letter(content).html if content is not None else None
        if shown is None:
            return _nothing()
        return HTMLResponse(_leaving(shown), headers={"content-security-policy": HTML_POLICY})

    async def source(request: Request) -> Response:
        content = mailbox.read(request.path_params["name"])
        if content is None:
            return _nothing()
        return Response(content, media_type="message/rfc822")

    return Starlette(
        routes=[
            Route("/", overview),
            Route("/messages.json", listing),
            Route("/messages/{name}.eml", source),
            Route("/messages/{name}/html", html),
            Route("/messages/{name}", view),
        ],
        lifespan=lifespan,
    )


def _letters(mailbox: Mailbox, names: list[str]) -> list[tuple[str, Letter]]:
    contents = ((name, mailbox.read(name)) for name in names)
    return [(name, letter(content)) for name, content in contents if content is not None]


def _row(name: str, found: Letter) -> dict[str, str | int]:
    return {
        "name": name,
        "received_at_ms": received_ms(name),
        "received": _time(name),
        "from": found.sender,
        "to": found.recipients,
        "delivered_to": found.delivered_to,
        "subject": found.subject,
    }


def _page(name: str, found: Letter) -> str:
    text = None if found.text is None else _linked(found.text)
    return render(
        "message.html", name=name, letter=found, text=text, received=_time(name), sandbox=SANDBOX
    )


def _linked(text: str) -> Markup:
    """The text, escaped, with its addresses as links."""
    pieces: list[Markup] = []
    end = 0
    for found in LINK.finditer(text):
        pieces.append(escape(text[end : found.start()]))
        pieces.append(Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(found[0]))
        end = found.end()
    return Markup("").join([*pieces, escape(text[end:])])


def _leaving(html: str) -> str:
    """The mail's HTML with its links opening outside of the sandbox."""
    base = '<base target="_blank">'
    head = HEAD.search(html)
    return html[: head.end()] + base + html[head.end() :] if head else base + html


def _nothing() -> Response:
    return HTMLResponse(render("no_message.html"), 404)


def _time(name: str) -> str:
    received = datetime.fromtimestamp(received_ms(name) / 1000, UTC)
    return received.strftime("%a %d %b %Y, %H:%M:%S UTC")
