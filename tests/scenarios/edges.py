"""The generated traffic: what no real log holds, each case at its edge and one step beyond.

A case is a method; its docstring says what must follow. The oracle says it in figures.
"""

from collections.abc import Iterator
from itertools import count
from random import Random
from typing import Any

from tests.scenarios.calls import BROWSER, Call, token
from tests.scenarios.moments import DAY, HOUR, MINUTE, SECOND, Moments, midnight

SITE = "https://store.example"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
SLACK = "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"
BATCH = 40


class Edges:
    """Builds the calls; every random choice comes from the seed."""

    def __init__(self, moments: Moments, seed: int) -> None:
        self.moments = moments
        self.random = Random(seed)
        self.ids = (f"{seed:08x}{number:024x}" for number in count(1))
        self.nonces = count(1)
        self.clients = count(1)
        self.imported: list[dict[str, Any]] = []
        self.calls: list[Call] = []
        self.noon = midnight(moments.plain) + 12 * HOUR

    def build(self) -> list[Call]:
        for name in sorted(name for name in dir(self) if name.startswith("case_")):
            getattr(self, name)()
        for _ in range(260):
            self.wander()
        batches = [self.imported[at : at + BATCH] for at in range(0, len(self.imported), BATCH)]
        imports = [Call("/v1/events", "import", {}, batch) for batch in batches]
        return [*imports, *self.calls]

    # Building blocks.

    def visitor(self) -> str:
        return f"{self.random.getrandbits(128):032x}"

    def address(self) -> str:
        number = next(self.clients)
        return f"192.0.2.{number % 250 + 1}"

    def click(self, code: str, at: int, *flags: str) -> str:
        return token(code, at, next(self.nonces), *flags)

    def page(self, visitor: str, at: int, path: str, **fields: Any) -> dict[str, Any]:
        """An imported page view; `visitor` "" makes it cookieless."""
        return self.imports("page", visitor, at, {"url": SITE + path} | fields)

    def event(self, visitor: str, at: int, name: str, **fields: Any) -> dict[str, Any]:
        return self.imports("event", visitor, at, {"url": SITE + "/", "name": name} | fields)

    def imports(self, kind: str, visitor: str, at: int, fields: dict[str, Any]) -> dict[str, Any]:
        event = {
            "id": next(self.ids),
            "site": "ck_store",
            "type": kind,
            "visitor": visitor,
            "occurred_at": at,
            "client_address": self.address(),
            "user_agent": BROWSER,
        } | fields
        if not event["visitor"]:
            del event["visitor"]
        self.imported.append(event)
        return event

    def live(self, *events: dict[str, Any], **headers: str) -> None:
        """Events of a browser, now; times are given as `ago` in ms before sending."""
        sent_at = self.moments.now
        body = []
        for event in events:
            ago = event.pop("ago", 0)
            stamped = {"id": next(self.ids), "site": "ck_store", "sent_at": sent_at}
            body.append(stamped | {"occurred_at": sent_at - ago} | event)
        all_headers = {"user-agent": BROWSER} | {n.replace("_", "-"): v for n, v in headers.items()}
        self.calls.append(Call("/v1/events", "", all_headers, body))

    def items(self, key: str, *items: dict[str, Any]) -> None:
        headers = {"idempotency-key": key, "user-agent": "curl/8.5"}
        self.calls.append(Call("/v1/conversions", "convert", headers, list(items)))

    # Sessions.

    def case_session_gap(self) -> None:
        """29:59.999 continues a session and its one touch; 30:00 opens another with its own."""
        for gap in (30 * MINUTE - 1, 30 * MINUTE):
            visitor = self.visitor()
            self.page(visitor, self.noon, "/?utm_source=cleo")
            self.page(visitor, self.noon + gap, "/?utm_source=cleo")
            self.page(visitor, self.noon + gap + MINUTE, "/booked?slot=3")

    def case_late_events_never_merge_sessions(self) -> None:
        """An event between two sessions joins the earlier one; both keep their names."""
        visitor = self.visitor()
        for minute in (0, 50, 25, 21, 79, -29, -31, -75):
            self.page(visitor, self.noon + minute * MINUTE, "/?ref=cleo")
        self.page(visitor, self.noon + 30 * MINUTE, "/welcome")

    def case_session_counts_once(self) -> None:
        """An appointment by page counts once a session, and again in the next."""
        visitor = self.visitor()
        for minute in (0, 5, 40):
            self.page(visitor, self.noon + minute * MINUTE, "/booked?slot=1&utm_source=ben")

    # Days, months, clocks.

    def case_midnights(self) -> None:
        """Days and months turn at the advertiser's midnight, on days of 23, 24 and 25 hours."""
        for day in (self.moments.clocks, self.moments.month, self.moments.plain):
            for at in (midnight(day), midnight(day) + DAY):
                for visitor in ("", self.visitor()):
                    self._around(visitor, at)

    def _around(self, visitor: str, at: int) -> None:
        address = self.address()
        for step in (-HOUR, -MINUTE, -1, 0, MINUTE, HOUR):
            page = self.page(visitor, at + step, "/?cf=cleo0001", client_address=address)
            assert page["client_address"] == address
        self.event(visitor, at - 1, "read", client_address=address)
        self.event(visitor, at, "read", client_address=address)
        self.event(visitor, at + HOUR, "read", client_address=address)
        self.page(visitor, at + HOUR, "/?cf=dora0001", client_address=address)

    def case_network_from_and_until(self) -> None:
        """A declared network is the partner's own from its first instant to before its last."""
        first, last = midnight(self.moments.network_from), midnight(self.moments.network_until)
        for at in (first - 1, first, last - 1, last):
            visitor = self.visitor()
            own = {"client_address": "203.0.113.7"}
            self.page(visitor, at, "/?cf=anna0001", **own)
            self.event(visitor, at + SECOND, "purchase", order=f"net-{at}", **own)

    def case_verified_from(self) -> None:
        """Before the site was verified nobody was brought to it."""
        first = midnight(self.moments.verified_from)
        for at in (first - 1, first):
            visitor = self.visitor()
            self.page(visitor, at, "/?cf=anna0001")
            self.event(visitor, first + HOUR, "purchase", order=f"verified-{at}")

    def case_agreement_begins(self) -> None:
        """A touch before the acceptance earns nothing after it; before it there is no result."""
        first = midnight(self.moments.signup_from)
        for touched, at in ((-HOUR, -1), (-HOUR, 0), (-1, HOUR), (0, 0), (0, HOUR)):
            visitor = self.visitor()
            self.page(visitor, first + touched, "/?ref=cleo")
            self.page(visitor, first + at, "/welcome")

    def case_agreement_ends(self) -> None:
        """Active at the touch and at the event; the end is exclusive."""
        end = midnight(self.moments.ended_on)
        for touched, at in ((-HOUR, -1), (-HOUR, 0), (-1, -1), (0, HOUR), (HOUR, 2 * HOUR)):
            visitor = self.visitor()
            self.page(visitor, end + touched, "/?ref=cleo")
            self.page(visitor, end + at, "/welcome")

    # Windows and tokens.

    def case_window(self) -> None:
        """A day's window is 24 h to the millisecond."""
        for late in (0, 1):
            visitor = self.visitor()
            self.page(visitor, self.noon, "/?cf=anna0001")
            self.page(visitor, self.noon + DAY + late, f"/thanks/window-{late}")

    def case_token_age(self) -> None:
        """A token brings its visitor for 24 h, inclusive."""
        for late in (0, 1):
            visitor = self.visitor()
            click = self.click("ben00001", self.noon)
            self.page(visitor, self.noon + DAY + late, f"/?cf={click}")
            self.event(visitor, self.noon + DAY + HOUR, "purchase", order=f"token-{late}")

    def case_token_flags(self) -> None:
        """What the collector knew at the click refuses the touch, or makes none."""
        for flag in (
            "bot",
            "preview",
            "prefetch",
            "test",
            "partner_cookie",
            "partner_network",
            "own",
        ):
            visitor = self.visitor()
            self.page(
                visitor, self.noon, f"/?cf={self.click('anna0001', self.noon - SECOND, flag)}"
            )
            self.event(visitor, self.noon + MINUTE, "purchase", order=f"flag-{flag}")

    def case_nonce_is_used_once(self) -> None:
        """One touch per visitor and nonce; another visitor's click by it is a duplicate."""
        click = self.click("anna0001", self.noon - MINUTE)
        first, second = self.visitor(), self.visitor()
        for visitor, minute in ((first, 0), (first, 45), (second, 50)):
            self.page(visitor, self.noon + minute * MINUTE, f"/?cf={click}")
        self.page(
            first, self.noon + 46 * MINUTE, f"/?cf={click}", referrer="https://cleo.example/x"
        )

    def case_refused_touch_uses_no_nonce(self) -> None:
        """A bot that opens the link first does not take the visitor's touch away."""
        visitor = self.visitor()
        click = self.click("anna0001", self.noon - MINUTE)
        self.page(visitor, self.noon, f"/?cf={click}", user_agent=GOOGLEBOT)
        self.page(visitor, self.noon + SECOND, f"/?cf={click}", test=True)
        self.page(visitor, self.noon + MINUTE, f"/?cf={click}")

    # Forms.

    def case_first_form_decides(self) -> None:
        """If the first form present gives no touch, no other is tried."""
        cleo = "https://www.cleo.example/post"
        for path, referrer in (
            ("/?cf=unknown1&utm_source=ben", cleo),
            (f"/?cf={self.click('anna0001', self.noon - 2 * DAY)}&utm_source=ben", cleo),
            ("/?utm_source=other", cleo),
            ("/?utm_source=other&ref=cleo", ""),
            ("/?ref=cleo&utm_source=ben", ""),
            ("/?utm_source=ben&ref=cleo", "https://blog.dora.example/"),
            ("/", "https://dora.example/"),
            ("/", "https://sub.blog.dora.example/x"),
            ("/", "https://notcleo.example/"),
            ("/", "https://www.store.example/a"),
            ("/?cf=ben00001", "https://store.example/b"),
        ):
            visitor = self.visitor()
            self.page(visitor, self.noon, path, referrer=referrer)
            self.event(visitor, self.noon + MINUTE, "purchase", order=f"form-{visitor[:8]}")
            self.page(visitor, self.noon + 2 * MINUTE, "/welcome")

    # Who gets it.

    def case_two_partners(self) -> None:
        """The last touch wins a purchase, the first a booking; each click counts by itself."""
        for first, second in (("anna0001", "ben00001"), ("ben00001", "anna0001")):
            visitor = self.visitor()
            self.page(visitor, self.noon, f"/?cf={first}")
            self.page(visitor, self.noon + MINUTE, f"/?cf={second}")
            self.page(visitor, self.noon + 2 * MINUTE, "/?cf=cleo0001")
            self.event(visitor, self.noon + 3 * MINUTE, "purchase", order=f"two-{first}")
            self.page(visitor, self.noon + 4 * MINUTE, "/booked?slot=9")

    def case_touch_after_event_earns_nothing(self) -> None:
        """A touch dated after the event is not credited, though it arrived before."""
        visitor = self.visitor()
        self.page(visitor, self.noon + HOUR, "/?cf=anna0001")
        self.event(visitor, self.noon, "purchase", order="before-touch")
        self.page(visitor, self.noon - HOUR, "/?cf=ben00001")
        self.event(visitor, self.noon + 1, "purchase", order="between-touches")

    def case_refused_winner_is_not_passed_on(self) -> None:
        """The last partner's own network at the event refuses it; the other gets nothing."""
        visitor = self.visitor()
        self.page(visitor, self.noon, "/?cf=ben00001")
        self.page(visitor, self.noon + MINUTE, "/?cf=anna0001")
        own = {"client_address": "203.0.113.7"}
        self.event(visitor, self.noon + 2 * MINUTE, "purchase", order="not-passed-on", **own)

    def case_networks(self) -> None:
        """Exactly the declared width: /32, /24, /64 and /48; a neighbour is somebody else."""
        for code, address in (
            ("anna0001", "203.0.113.8"),
            ("ben00001", "198.51.100.250"),
            ("ben00001", "198.51.101.1"),
            ("ben00001", "2001:db8:5:6:ffff::1"),
            ("ben00001", "2001:db8:5:7::1"),
            ("ben00001", "::ffff:198.51.100.9"),
            ("anna0001", "203.0.113.200"),
            ("anna0001", "2001:db8:77:1::9"),
            ("anna0001", "2001:db8:78::9"),
        ):
            visitor = self.visitor()
            client = {"client_address": address}
            self.page(visitor, self.noon, f"/?cf={code}", **client)
            self.event(visitor, self.noon + MINUTE, "purchase", order=f"from-{address}", **client)

    def case_shared_network(self) -> None:
        """Cookieless visitors of one address and agent are one; another agent is another."""
        for agent in (BROWSER, BROWSER, BROWSER + " two"):
            client = {"client_address": "192.0.2.254", "user_agent": agent}
            self.page("", self.noon, "/?utm_source=ben", **client)
            self.page("", self.noon + MINUTE, "/welcome", **client)

    def case_reasons(self) -> None:
        """The first reason that holds, at the touch and at the event."""
        marks: tuple[dict[str, Any], ...] = (
            {"test": True},
            {"user_agent": GOOGLEBOT},
            {"user_agent": SLACK},
            {"user_agent": ""},
            {"head": True},
            {"consent": "denied"},
            {"url": "https://elsewhere.example/"},
            {"test": True, "user_agent": GOOGLEBOT},
            {"user_agent": GOOGLEBOT, "client_address": "203.0.113.7"},
        )
        for at_touch in (True, False):
            for number, mark in enumerate(marks):
                visitor, order = self.visitor(), f"reason-{at_touch}-{number}"
                same = {"client_address": self.address()}
                touch = same | mark if at_touch else same
                event = same if at_touch else same | mark
                if "url" in touch:
                    touch["url"] += "?cf=anna0001"
                self.page(visitor, self.noon, "/?cf=anna0001", **touch)
                self.event(visitor, self.noon + MINUTE, "purchase", **{"order": order} | event)
                self.page(visitor, self.noon + 2 * MINUTE, f"/thanks/{order}", **event)

    def case_no_order(self) -> None:
        """A purchase without an order is refused and takes no key."""
        visitor = self.visitor()
        self.page(visitor, self.noon, "/?cf=anna0001")
        self.event(visitor, self.noon + 1, "purchase")
        self.page(visitor, self.noon + 2, "/thanks")
        self.event(visitor, self.noon + 3, "purchase", order="with-order")

    def case_repeats(self) -> None:
        """The same event again is nothing; the same order by another event is a duplicate."""
        visitor = self.visitor()
        self.page(visitor, self.noon, "/?cf=anna0001")
        sold = self.event(visitor, self.noon + MINUTE, "purchase", order="repeat-1")
        self.imported.append(dict(sold))
        self.event(visitor, self.noon + 2 * MINUTE, "purchase", order="repeat-1")
        other = self.visitor()
        self.page(other, self.noon, "/?cf=ben00001")
        self.event(other, self.noon + 3 * MINUTE, "purchase", order="repeat-1")

    def case_budget_by_the_cent(self) -> None:
        """Six order pages at 4.40 and the payer's fee fill 29.70 to the cent; the seventh waits."""
        for number in range(8):
            visitor = self.visitor()
            self.page(visitor, self.noon, "/?cf=anna0001")
            self.page(visitor, self.noon + number * MINUTE, f"/thanks/budget-{number}")
        for number in range(6, 8):
            visitor = self.visitor()
            self.page(visitor, self.noon, "/?cf=anna0001")
            self.page(visitor, self.noon + HOUR, f"/thanks/budget-{number}")

    def case_prefetch(self) -> None:
        """A prefetched page makes no touch; opened later, it counts once."""
        visitor = self.visitor()
        click = self.click("ben00001", self.moments.now - MINUTE)
        page = {"type": "page", "visitor": visitor, "url": f"{SITE}/?cf={click}"}
        self.live(dict(page), sec_purpose="prefetch")
        self.live(dict(page))
        self.live(
            {"type": "event", "name": "purchase", "visitor": visitor, "url": SITE, "order": "pf"}
        )

    # Live and by server.

    def case_too_old(self) -> None:
        """Older than 72 h when it arrives: refused, and credited to its touch."""
        visitor = self.visitor()
        arrive = {
            "type": "page",
            "visitor": visitor,
            "url": f"{SITE}/?cf=anna0001",
            "ago": 72 * HOUR,
        }
        sold = {"type": "event", "name": "purchase", "visitor": visitor, "url": SITE}
        self.live(arrive, sold | {"order": "old-1", "ago": HOUR})
        self.page(visitor, self.moments.now - 5 * DAY, "/?cf=anna0001")
        self.live(sold | {"order": "old-2", "ago": 72 * HOUR + MINUTE})

    def case_future_and_gpc(self) -> None:
        """An event from the future happens when it is received; GPC makes it cookieless."""
        visitor = self.visitor()
        arrive = {"type": "page", "visitor": visitor, "url": f"{SITE}/?cf=ben00001", "ago": -HOUR}
        self.live(arrive)
        self.live(
            {"type": "event", "name": "purchase", "visitor": visitor, "url": SITE, "order": "f1"}
        )
        other = self.visitor()
        gpc = {"visitor": other, "gpc": True}
        self.live({"type": "page", "url": f"{SITE}/?cf=ben00001"} | gpc)
        self.live({"type": "event", "name": "purchase", "url": SITE, "order": "gpc"} | gpc)

    def case_server_items(self) -> None:
        """By visitor, by token, by both; the same order by tag and server is paid once."""
        visitor, at = self.visitor(), self.moments.now - 2 * HOUR
        self.page(visitor, at, "/?cf=anna0001")
        self.event(visitor, at + MINUTE, "purchase", order="both-1")
        other = self.click("ben00001", at, "prefetch")
        item = {"objective": "purchase", "site": "ck_store", "occurred_at": at + HOUR}
        items = (
            item | {"visitor": visitor, "order": "both-1"},
            item | {"visitor": visitor, "order": "both-2", "click": other},
            item | {"click": other, "order": "token-alone"},
            item | {"click": other, "order": "token-alone"},
            item | {"click": self.click("ben00001", at, "partner_network"), "order": "own-click"},
            item | {"click": self.click("ben00001", at, "test"), "order": "test-click"},
            item | {"visitor": self.visitor(), "order": "nobody"},
            item | {"visitor": visitor, "order": "marked", "test": True},
        )
        for _ in range(2):
            self.items("the-same-call-twice", *items)

    # A crowd in which everything meets everything.

    def wander(self) -> None:
        """One visitor of many forms, hours and outcomes."""
        visitor = self.visitor() if self.random.random() < 0.7 else ""
        client = {"client_address": self._somewhere(), "user_agent": self._some_agent()}
        at = self.noon + self.random.randint(-12, 12) * DAY + self.random.randint(0, 10 * HOUR)
        for path, referrer in self._journey():
            at += self.random.choice((SECOND, 5 * MINUTE, 29 * MINUTE, 31 * MINUTE, 3 * HOUR))
            late = self.random.choice((0, 0, 0, -20 * MINUTE, -2 * HOUR))
            fields = client | {"test": True} if self.random.random() < 0.02 else client
            if path.endswith("0001") and self.random.random() < 0.3:
                path = f"/?cf={self.click(path[-8:], at + late - HOUR)}"
            if path.startswith("!"):
                order = f"crowd-{self.random.randint(1, 90)}"
                self.event(visitor, at + late, path[1:], **{"order": order} | fields)
            else:
                self.page(visitor, at + late, path, referrer=referrer, **fields)

    def _journey(self) -> Iterator[tuple[str, str]]:
        arrivals = (
            ("/?cf=anna0001", ""),
            ("/?cf=ben00001", ""),
            ("/a?utm_source=ben", ""),
            ("/b?ref=cleo&utm_source=ben", ""),
            ("/c", "https://www.cleo.example/"),
            ("/d", "https://blog.dora.example/7"),
            ("/e?cf=dora0001", "https://cleo.example/"),
        )
        steps = ("/", "/welcome", "/booked?slot=2", "!purchase", "!read", "!purchase")
        for _ in range(self.random.randint(1, 3)):
            path, referrer = self.random.choice(arrivals)
            yield path, referrer
            for _ in range(self.random.randint(0, 4)):
                step = self.random.choice(steps)
                number = self.random.randint(1, 60)
                yield (f"/thanks/crowd-{number}" if step == "/" else step), "https://store.example/"

    def _somewhere(self) -> str:
        near = ("203.0.113.7", "198.51.100.3", "203.0.113.200", "2001:db8:5:6::2")
        return self.random.choice(near) if self.random.random() < 0.08 else self.address()

    def _some_agent(self) -> str:
        return self.random.choice((GOOGLEBOT, SLACK)) if self.random.random() < 0.06 else BROWSER
