"""Which requests are views of a page."""

import pytest

from ingest.pages import is_page


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/blog",
        "/blog/",
        "/thanks.html",
        "/a.xhtml",
        "/index.php",
        "/files/tool-1.2.tar.gz",
        "/files/app.jar",
        "/manual.pdf",
        "/notes.txt",
        "/x.y/z",
        "/feed/the-cat",
        "/my-feed",
        "/caf%C3%A9",
    ],
)
def test_pages_and_what_people_download(path: str) -> None:
    assert is_page(path)


@pytest.mark.parametrize(
    "path",
    [
        "/logo.png",
        "/LOGO.PNG",
        "/a/style.css",
        "/app.js",
        "/app.mjs",
        "/app.js.map",
        "/f.woff2",
        "/favicon.ico",
        "/clip.mp4",
        "/data.json",
        "/robots.txt",
        "/feed",
        "/feed/",
        "/blog/atom",
        "/index.rdf",
        "/rss.xml",
        "/sitemap.xml",
        "/site.webmanifest",
    ],
)
def test_parts_of_pages_feeds_and_what_robots_ask_for(path: str) -> None:
    assert not is_page(path)


@pytest.mark.parametrize(
    "query", ["flav=rss20", "a=b&flav=atom", "feed=rss2", "feed=RSS", "format=xml"]
)
def test_feeds_named_in_the_query(query: str) -> None:
    assert not is_page("/", query)


@pytest.mark.parametrize("query", ["", "source=rss20", "flav=html", "utm_source=feed", "xflav=rss"])
def test_other_queries(query: str) -> None:
    assert is_page("/", query)
