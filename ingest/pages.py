"""Which requests of an access log are views of a page.

Not those for what a page is made of (images, scripts, styles, fonts, media), not feeds and other
data that programs fetch, not what only crawlers and browsers themselves ask for. A document or an
archive that a person downloads is a page: it may be what an objective names.
"""

import re
from typing import Final

_NO_PAGE: Final = re.compile(
    r"\.(?:png|jpe?g|jpe|gif|webp|avif|apng|svg|bmp|ico|cur"
    r"|css|m?js|map|wasm|json|webmanifest|htc|xsl|swf"
    r"|woff2?|ttf|otf|eot"
    r"|mp[34]|m4[av]|og[gav]|webm|wav|mov|avi|flac"
    r"|xml|rss2?|rdf|atom)\Z"
    r"|\A(?:feeds?|rss|atom|robots\.txt|humans\.txt|ads\.txt|security\.txt)\Z",
    re.IGNORECASE,
)
# How weblogs name a feed in the query: `?flav=rss20` (PyBlosxom), `?feed=rss2` (WordPress).
_FEED_QUERY: Final = re.compile(
    r"(?:^|&)(?:flav|feed|format|type)=(?:rss|atom|rdf|xml)[0-9._]*(?:&|$)", re.IGNORECASE
)


def is_page(path: str, query: str = "") -> bool:
    """Whether a request for this path and raw query is a view of a page."""
    name = path.rstrip("/").rpartition("/")[2]
    return not _NO_PAGE.search(name) and not _FEED_QUERY.search(query)
