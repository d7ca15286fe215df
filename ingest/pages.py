"""Which requests of an access log are views of a page.

Not those for what a page is made of (images, scripts, styles, fonts, media), not feeds and other
data that programs fetch, not what only crawlers and browsers themselves ask for. A document or an
archive that a person downloads is a page: it may be what an objective names.
"""

import re
from typing import Final

_PARTS_OF_PAGES: Final = frozenset(
    [
        "png",
        "jpg",
        "jpeg",
        "jpe",
        "gif",
        "webp",
        "avif",
        "svg",
        "bmp",
        "ico",
        "cur",
        "apng",
        "css",
        "js",
        "mjs",
        "map",
        "wasm",
        "json",
        "webmanifest",
        "htc",
        "xsl",
        "swf",
        "woff",
        "woff2",
        "ttf",
        "otf",
        "eot",
        "mp3",
        "mp4",
        "m4a",
        "m4v",
        "ogg",
        "oga",
        "ogv",
        "webm",
        "wav",
        "mov",
        "avi",
        "flac",
    ]
)
_FEEDS: Final = frozenset(("xml", "rss", "rss2", "rdf", "atom"))
_FEED_NAMES: Final = frozenset(("feed", "feeds", "rss", "atom"))
# How weblogs name a feed in the query: `?flav=rss20` (PyBlosxom), `?feed=rss2` (WordPress).
_FEED_QUERY: Final = re.compile(
    r"(?:^|&)(?:flav|feed|format|type)=(?:rss|atom|rdf|xml)[0-9._]*(?:&|$)", re.I
)
_FOR_ROBOTS: Final = frozenset(("robots.txt", "humans.txt", "ads.txt", "security.txt"))


def is_page(path: str, query: str = "") -> bool:
    """Whether a request for this path and raw query is a view of a page."""
    name = path.rstrip("/").rpartition("/")[2].lower()
    extension = name.rpartition(".")[2] if "." in name else ""
    if extension in _PARTS_OF_PAGES or extension in _FEEDS or name in _FOR_ROBOTS:
        return False
    return name not in _FEED_NAMES and not _FEED_QUERY.search(query)
