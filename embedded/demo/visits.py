"""The visits of the demo shop: who comes, by which partner's way, and what they do there.

Each visit is a list of requests with times relative to its start; `traffic` lays them over days.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Final

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
# In UTC: visits begin and end on the same day in the shop's zone, summer and winter.
FIRST_HOUR: Final = 4 * HOUR
LAST_HOUR: Final = 18 * HOUR

BROWSERS: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1 Version/17.5 Safari/605.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36",
)
CRAWLERS: Final = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
)
FEED_READER: Final = "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers)"
PREVIEWS: Final = (
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
)
BIKES: Final = ("gravel-one", "tide-runner", "city-lark", "cargo-otter", "night-heron")
ASSETS: Final = ("/style.css", "/shop.js", "/img/logo.svg", "/img/bikes/gravel-one.jpg")
STORIES: Final = ("/stories/first-gravel", "/stories/winter-tyres", "/stories/caf%C3%A9-loop")

SHOP: Final = "https://shop.harbourbikes.example"
GRAVEL_OFFICE: Final = "203.0.113.7"
HARBOUR_OFFICE: Final = "203.0.113.200"


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a visit; `after`: seconds since the visit began."""

    after: int
    path: str
    referrer: str = "-"
    method: str = "GET"
    status: int = 200


@dataclass(frozen=True, slots=True)
class Visit:
    """One client's requests; `start`: seconds since the first day's midnight."""

    start: int
    address: str
    agent: str
    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """How a partner's visitors arrive: the landing path and the referrer they bring."""

    path: str
    referrer: str = "-"


GRAVEL_LETTERS: Final = Way("/?cf=gravel01&s1=letter-42")
SLOW_MILES: Final = Way("/test-ride?utm_source=slowmiles&utm_medium=mail")
CITY_GUIDE: Final = Way("/workshop", "https://www.citycycleguide.example/places/harbour")
BIKE_FORUM: Final = Way("/bikes/gravel-one", "https://forum.bikenorth.example/t/2113")
COMMUTER_DIGEST: Final = Way("/?cf=digest01")
ORGANIC: Final = Way("/", "https://www.google.example/search?q=bikes")


def browse(random: Random, way: Way, pages: int, *last: str) -> tuple[Request, ...]:
    """Arrive by a way, look at some pages with their assets, and end on the pages named."""
    requests = [Request(0, way.path, way.referrer)]
    at, before = 0, way.path
    for path in (*(f"/bikes/{random.choice(BIKES)}" for _ in range(pages)), *last):
        at += random.randint(15, 4 * MINUTE)
        requests.append(Request(at, path, SHOP + before))
        before = path
        if random.random() < 0.5:
            requests.append(Request(at + 1, random.choice(ASSETS), SHOP + path))
    return tuple(requests)


class Shop:
    """Makes one day's visits; order numbers run on over all days."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._order = 4100
        self._client = 0

    def day(self, start: int) -> Iterator[Visit]:
        """All visits of the day that begins at `start`."""
        yield from self._sales(start)
        yield from self._leads(start)
        yield from self._appointments(start)
        yield from self._forum(start)
        yield from self._strangers(start)
        yield from self._programs(start)

    def _next_order(self) -> str:
        self._order += 1
        return f"/thanks/HB-{self._order}"

    def _visit(self, start: int, requests: tuple[Request, ...], agent: str = "") -> Visit:
        """A new client at some hour of the day; some share the address of the one before."""
        if self._random.random() < 0.9:
            self._client += 1
        address = f"{('192.0.2', '198.51.100')[self._client // 250 % 2]}.{self._client % 250 + 1}"
        at = start + self._random.randint(FIRST_HOUR, LAST_HOUR)
        return Visit(at, address, agent or self._random.choice(BROWSERS), requests)

    def _sales(self, start: int) -> Iterator[Visit]:
        for _ in range(self._random.randint(6, 9)):
            order = self._next_order()
            yield self._visit(start, browse(self._random, GRAVEL_LETTERS, 3, "/cart", order))
        for _ in range(2):
            order = self._next_order()
            yield self._visit(start, browse(self._random, GRAVEL_LETTERS, 1, "/cart", order, order))
        yield self._visit(start, browse(self._random, GRAVEL_LETTERS, 1, "/cart", "/thanks"))
        for _ in range(30):
            yield self._visit(start, browse(self._random, GRAVEL_LETTERS, 4))
        own = self._visit(
            start, browse(self._random, GRAVEL_LETTERS, 2, "/cart", self._next_order())
        )
        yield replace(own, address=GRAVEL_OFFICE)
        staff = self._visit(start, browse(self._random, GRAVEL_LETTERS, 1, self._next_order()))
        yield replace(staff, address=HARBOUR_OFFICE)
        foreign = f"http://shop-harbourbikes.example{self._next_order()}"
        yield self._visit(start, browse(self._random, GRAVEL_LETTERS, 1, foreign))
        yield self._visit(start, browse(self._random, COMMUTER_DIGEST, 2, self._next_order()))

    def _leads(self, start: int) -> Iterator[Visit]:
        for _ in range(self._random.randint(8, 12)):
            yield self._visit(start, browse(self._random, SLOW_MILES, 2, "/test-ride/booked"))
        twice = ("/test-ride/booked", "/bikes/city-lark", "/test-ride/booked")
        yield self._visit(start, browse(self._random, SLOW_MILES, 1, *twice))
        for _ in range(60):
            yield self._visit(start, browse(self._random, SLOW_MILES, 5))

    def _appointments(self, start: int) -> Iterator[Visit]:
        for _ in range(5):
            yield self._visit(start, browse(self._random, CITY_GUIDE, 2, "/workshop/booked"))
        for _ in range(12):
            yield self._visit(start, browse(self._random, CITY_GUIDE, 3))

    def _forum(self, start: int) -> Iterator[Visit]:
        for _ in range(70):
            yield self._visit(start, browse(self._random, BIKE_FORUM, 3))
        back = browse(self._random, BIKE_FORUM, 1)
        again = tuple(replace(request, after=request.after + 2 * HOUR) for request in back)
        for _ in range(4):
            yield self._visit(start, back + again)
        for agent in PREVIEWS:
            yield self._visit(start, (Request(0, BIKE_FORUM.path, BIKE_FORUM.referrer),), agent)
        head = Request(0, BIKE_FORUM.path, BIKE_FORUM.referrer, method="HEAD")
        yield self._visit(start, (head,))
        for agent in CRAWLERS:
            yield self._visit(start, (Request(0, BIKE_FORUM.path, BIKE_FORUM.referrer),), agent)

    def _strangers(self, start: int) -> Iterator[Visit]:
        for _ in range(90):
            yield self._visit(start, browse(self._random, ORGANIC, 6))
        for _ in range(40):
            story = Way(self._random.choice(STORIES))
            yield self._visit(start, browse(self._random, story, 3))
        for _ in range(6):
            yield self._visit(start, browse(self._random, ORGANIC, 2, "/cart", self._next_order()))
        hotlink = Request(0, "/img/bikes/gravel-one.jpg", "https://pictures.example/board/7")
        for _ in range(25):
            yield self._visit(start, (hotlink,))
        gone = Request(0, "/bikes/retired-model", status=404)
        for _ in range(15):
            yield self._visit(start, (gone, Request(3, "/")))

    def _programs(self, start: int) -> Iterator[Visit]:
        for agent in CRAWLERS:
            pages = [Request(20 * n, f"/bikes/{bike}") for n, bike in enumerate(BIKES * 8)]
            yield self._visit(start, (Request(0, "/robots.txt"), *pages), agent)
        feed = tuple(Request(20 * MINUTE * n, "/stories/feed.xml") for n in range(10))
        yield self._visit(start, feed, FEED_READER)
