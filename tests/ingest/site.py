"""A little website with the tag on every page, served on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

_PAGE = """<!doctype html><title>Store</title>
<script>{before}</script>
<script defer src="{collector}/t.js" data-site="ck_store" {attributes}></script>
{again}<h1>Store</h1><a href="/next">next</a>"""


class Website:
    """What its pages hold; a test changes it before it opens one."""

    def __init__(self, collector: str) -> None:
        self.collector = collector
        self.attributes = ""
        self.before = ""
        self.twice = False

    def html(self) -> bytes:
        script = f'<script defer src="{self.collector}/t.js" data-site="ck_store"></script>'
        text = _PAGE.format(
            before=self.before,
            collector=self.collector,
            attributes=self.attributes,
            again=script if self.twice else "",
        )
        return text.encode()


@contextmanager
def serving(website: Website) -> Iterator[str]:
    """Serve the website; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = website.html()
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
