"""A partnerships file is refused with every mistake at once: where it is, and what it should be."""

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerships.catalog import View
from partnerships.declaration.changes import Means, changes
from partnerships.declaration.checks import check
from partnerships.declaration.problems import DeclarationError
from partnerships.declaration.reading import TABLES, read_declaration, read_document
from partnerships.declaration.world import World
from partnerships.known import Known
from tests.partnerships.files import KEY, NOW_MS, SHOP, changed


def problems(text: str) -> list[str]:
    world = World(read_declaration(text), Known(View([])), NOW_MS)
    return [str(problem) for problem in check(world)]


def test_a_right_file_has_no_problem() -> None:
    assert problems(SHOP) == []


REFUSED = {
    # accounts
    "three decimals": (
        changed('"Europe/Berlin"\ncurrency = "EUR"', '"Europe/Berlin"\ncurrency = "KWD"'),
        "accounts[1] (bikes) currency: KWD has three decimals, which we can't settle yet. "
        "Choose another currency.",
    ),
    "no zone": (
        changed('"Europe/Lisbon"', '"Lisbon"'),
        "accounts[2] (letters) zone: should be a time zone such as Europe/Berlin",
    ),
    "short password": (
        changed('card = "pm_card_visa"', 'password = "practice"'),
        "accounts[1] (bikes) password: Use at least 12 characters",
    ),
    "password of nobody": (
        changed('email = "ada@bikes.example"', 'password = "practice-money-1"'),
        "accounts[1] (bikes) email: is missing: who signs in with the password?",
    ),
    "no email": (
        changed('"ada@bikes.example"', '"ada"'),
        "accounts[1] (bikes) email: Enter an e-mail address like name@example.com",
    ),
    "email of another": (
        changed('"gus@letters.example"', '"Ada@bikes.example"'),
        "accounts[2] (letters) email: belongs to the account 'bikes' already",
    ),
    "odd range": (
        changed("203.0.113.7/32", "203.0.113.0/28"),
        "accounts[2] (letters) networks: '203.0.113.0/28' must be exactly /32 or /24",
    ),
    "private range": (
        changed("203.0.113.7/32", "192.168.1.0/24"),
        "accounts[2] (letters) networks: '192.168.1.0/24' is a private or local range, "
        "which is never matched",
    ),
    "empty range of days": (
        changed("from = 2026-01-01 }", "from = 2026-01-01, until = 2026-01-01 }"),
        "accounts[2] (letters) networks: 203.0.113.7/32: until should be a day after from",
    ),
    "flag as text": (
        changed("transfers = true", 'transfers = "yes"'),
        "accounts[2] (letters) transfers: should be true or false",
    ),
    # sites
    "landing elsewhere": (
        changed('landing = "https://shop.example/"', 'landing = "https://shop.example.org/"'),
        "sites[1] (shop) landing: should be a page on shop.example or www.shop.example",
    ),
    "landing is no page": (
        changed('landing = "https://shop.example/"', 'landing = "javascript:alert(1)"'),
        "sites[1] (shop) landing: should be a page's address such as https://shop.example/",
    ),
    "host with port": (
        changed('"www.shop.example"', '"www.shop.example:443"'),
        "sites[1] (shop) hosts: should be a host such as shop.example, without scheme, "
        "port or path",
    ),
    "unknown account": (
        changed('account = "bikes"', 'account = "trikes"'),
        "sites[1] (shop) account: 'trikes' is not among the accounts",
    ),
    # objectives
    "pattern without slash": (
        changed('"/thanks?order=*"', '"thanks"'),
        "objectives[1] (sale) page: A pattern starts with /",
    ),
    "open bracket": (
        changed('"/thanks?order=*"', '"/thanks/(a"'),
        "objectives[1] (sale) page: The bracket opened at position 9 is not closed",
    ),
    "order without order": (
        changed('"/thanks?order=*"', '"/thanks*"'),
        'objectives[1] (sale) count: counting by "order" needs an event, server = true, or a page '
        "whose pattern names its order, such as /thanks?order=*",
    ),
    "page of a click": (
        changed('type = "sale"', 'type = "click"').replace('count = "order"', ""),
        "objectives[1] (sale) page: a click is counted when a visitor lands: leave this out",
    ),
    "page and event": (
        changed('count = "order"', 'event = "purchase"'),
        "objectives[1] (sale) event: name a page or an event, not both",
    ),
    "nothing counts": (
        changed('page = "/thanks?order=*"\n', ""),
        "objectives[1] (sale) page: say what counts: a page such as /thanks*, an event, "
        "or server = true",
    ),
    "server by visitor": (
        changed('count = "order"', 'count = "visitor"\nserver = true'),
        'objectives[1] (sale) count: an objective that takes server items is counted by "order"',
    ),
    "unknown type": (
        changed('type = "sale"', 'type = "like"'),
        "objectives[1] (sale) type: should be click, lead, appointment or sale",
    ),
    # agreements
    "budget below one": (
        changed('"1500.00"', '"10.00"'),
        "agreements[1] (deal) budget: The budget, EUR 10.00, is less than one sale, EUR 12.00. "
        "Raise the budget or lower the price.",
    ),
    "budget below one with its fee": (
        changed('"1500.00"', '"13.49"').replace('= "partner"\naccepted', '= "payer"\naccepted'),
        "agreements[1] (deal) budget: The budget, EUR 13.49, is less than one sale, EUR 13.50. "
        "Raise the budget or lower the price.",
    ),
    "price as a number": (
        changed('"12.00"', "12.00"),
        'agreements[1] (deal) price: should be an amount in quotes such as "12.00", below 1000000',
    ),
    "price of nothing": (
        changed('"12.00"', '"0.00"'),
        "agreements[1] (deal) price: should be more than 0",
    ),
    "decimals of yen": (
        changed('"Europe/Berlin"\ncurrency = "EUR"', '"Europe/Berlin"\ncurrency = "JPY"').replace(
            '"1500.00"', '"1500"'
        ),
        "agreements[1] (deal) price: A price has no decimals in JPY: '12.00'.",
    ),
    "oneself": (
        changed(
            'site = "shop"\npartner = "letters"\nobjective',
            'site = "shop"\npartner = "bikes"\nobjective',
        ),
        "agreements[1] (deal) partner: You can't invite yourself: the site is of this account",
    ),
    "unknown objective": (
        changed('objective = "sale"', 'objective = "lead"'),
        "agreements[1] (deal) objective: 'lead' is not among the objectives",
    ),
    "not verified": (
        changed("verified_from = 2026-01-01", ""),
        "agreements[1] (deal) site: is not verified: without verified_from nothing can count",
    ),
    "accepted tomorrow": (
        changed("accepted_on = 2026-01-01", "accepted_on = 2026-11-13"),
        "agreements[1] (deal) accepted_on: should not lie ahead",
    ),
    "ended before it began": (
        changed("accepted_on = 2026-01-01", "accepted_on = 2026-01-02\nended_on = 2026-01-02"),
        "agreements[1] (deal) ended_on: should be a day after accepted_on",
    ),
    "ended and never accepted": (
        changed("accepted_on = 2026-01-01", "ended_on = 2026-01-02"),
        "agreements[1] (deal) ended_on: needs accepted_on: it has not begun",
    ),
    "window": (
        changed("accepted_on", "window_days = 0\naccepted_on"),
        "agreements[1] (deal) window_days: should be a whole number from 1 to 365",
    ),
    # forms
    "search engine": (
        changed('host = "letters.example"', 'host = "www.google.co.uk"'),
        "referrers[1] host: www.google.co.uk is a search engine: no partner sent who searched",
    ),
    "registry": (
        changed('host = "letters.example"', 'host = "co.uk"'),
        "referrers[1] host: co.uk is no one's own: name a host below it",
    ),
    "own host": (
        changed('host = "letters.example"', 'host = "blog.shop.example"'),
        "referrers[1] host: blog.shop.example is the site's own host or one of its domain",
    ),
    "our parameter": (
        changed('"utm_source"', '"cf"'),
        "campaigns[1] parameter: should be a query parameter such as utm_source, and none of ours "
        "(cf, s1 to s5)",
    ),
    "short code": (
        changed('"gravel01"', '"abc"'),
        "links[1] code: should be 4 to 32 letters, digits, - or _",
    ),
    "link elsewhere": (
        changed('code = "gravel01"', 'code = "gravel01"\nlanding = "https://evil.example/"'),
        "links[1] landing: should be a page on shop.example or www.shop.example",
    ),
    # the file
    "unknown table": (
        SHOP + '[[partners]]\nid = "x"\n',
        "partners: unknown table; there are installation, accounts, sites, objectives, "
        "agreements, links, campaigns, referrers",
    ),
    "unknown field": (
        changed('code = "gravel01"', 'kode = "gravel01"'),
        "links[1] kode: unknown field; there are site, partner, code, landing",
    ),
    "missing field": (
        changed('name = "Sale"\n', ""),
        "objectives[1] (sale) name: is missing",
    ),
    "one table": (
        SHOP.replace("[[links]]", "[links]"),
        "links: should be written as [[links]], once for each",
    ),
    "installation": (
        "[installation]\nfee_rate_bps = 12.5\n" + SHOP,
        "installation fee_rate_bps: should be a whole number from 0 to 5000",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_one_mistake_is_one_problem(name: str) -> None:
    text, problem = REFUSED[name]
    assert problems(text) == [problem]


TWICE = {
    "account": ("accounts[3] (bikes) id: the same id as entry 1", 'id = "bikes"', "accounts"),
    "objective": ("objectives[2] (sale) id: the same id as entry 1", 'id = "sale"', "objectives"),
    "campaign": (
        "campaigns[2] value: the same site and parameter and value as entry 1",
        'value = "letters"',
        "campaigns",
    ),
    "referrer": (
        "referrers[2] host: the same site and host as entry 1",
        'host = "letters.example"',
        "referrers",
    ),
    "link": ("links[2] partner: the same site and partner as entry 1", "gravel01", "links"),
    "site": ("sites[2] (shop) id: the same id as entry 1", 'key = "ck_shop"', "sites"),
}


@pytest.mark.parametrize("name", TWICE)
def test_what_stands_there_twice_is_named(name: str) -> None:
    problem, mark, table = TWICE[name]
    entry = next(part for part in SHOP.split("\n\n") if mark in part and f"[[{table}]]" in part)
    assert problem in problems(f"{SHOP}\n{entry}")


SECOND_PARTNER = """
[[accounts]]
id = "miles"
name = "Slow Miles"
zone = "Europe/Berlin"
currency = "EUR"
"""


def test_a_form_or_a_code_is_of_one_partner_of_the_site() -> None:
    forms = SHOP[SHOP.index("[[links]]") :].replace('"letters"\nparam', '"miles"\nparam')
    forms = forms.replace('"letters"\nhost', '"miles"\nhost')
    forms = forms.replace('"letters"\ncode', '"miles"\ncode')
    assert problems(SHOP + SECOND_PARTNER + forms) == [
        "links[2] code: the same code as entry 1",
        "campaigns[2] value: the same site and parameter and value as entry 1",
        "referrers[2] host: the same site and host as entry 1",
    ]


def test_one_agreement_goes_on_per_partner_and_objective() -> None:
    deal = SHOP[SHOP.index("[[agreements]]") : SHOP.index("[[links]]")]
    second = deal.replace('"deal"', '"deal-2"')
    assert problems(SHOP + second) == [
        "agreements[2] (deal-2) objective: 'deal' is about this objective with this partner already"
    ]
    ended = deal.replace("accepted_on", "ended_on = 2026-02-01\naccepted_on")
    assert problems(SHOP.replace(deal, ended) + second) == []


def test_a_host_and_a_key_are_of_one_site() -> None:
    site = SHOP[SHOP.index("[[sites]]") : SHOP.index("[[objectives]]")]
    assert problems(SHOP + site.replace('"shop"', '"shop-2"')) == [
        "sites[2] (shop-2) key: is the key of the site 'shop' already",
        "sites[2] (shop-2) hosts: shop.example belongs to the site 'shop' already",
        "sites[2] (shop-2) hosts: www.shop.example belongs to the site 'shop' already",
    ]


def test_an_objective_is_of_the_site_of_its_agreement() -> None:
    second = """
[[sites]]
id = "outlet"
account = "bikes"
hosts = ["outlet.example"]
landing = "https://outlet.example/"
verified_from = 2026-01-01
"""
    text = changed('site = "shop"\nname = "Sale"', 'site = "outlet"\nname = "Sale"') + second
    assert problems(text) == [
        "agreements[1] (deal) objective: is an objective of the site 'outlet'"
    ]


def test_all_mistakes_show_at_once_and_in_the_order_of_the_file() -> None:
    text = (
        SHOP.replace('"Europe/Lisbon"', '"Lisbon"')
        .replace('"/thanks?order=*"', '"/thanks/{a"')
        .replace('"1500.00"', '"10.00"')
        .replace('"gravel01"', '"abc"')
        .replace('host = "letters.example"', 'host = "bing.com"')
    )
    assert [problem.partition(":")[0] for problem in problems(text)] == [
        "accounts[2] (letters) zone",
        "objectives[1] (sale) page",
        "agreements[1] (deal) budget",
        "links[1] code",
        "referrers[1] host",
    ]


def test_a_file_that_is_no_toml_says_where() -> None:
    with pytest.raises(DeclarationError, match=r"the file: is no TOML: .*line 2"):
        read_declaration("[[accounts]]\nid = x\n")


def test_names_in_braces_are_replaced_anywhere_and_others_stay() -> None:
    text = changed("2026-01-01\n\n[[obj", "{day}\n\n[[obj").replace("/thanks?", "/{fr/}?thanks?")
    declaration = read_declaration(text, {"day": "2026-02-03"})
    assert declaration.problems == ()
    assert str(declaration.entries["sites"][0].get("verified_from")) == "2026-02-03"
    assert declaration.entries["objectives"][0].get("page") == "/{fr/}?thanks?order=*"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(date(1, 1, 1)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
RIGHT = tomllib.loads(SHOP)


class PlainPasswords:
    """Hashes that show the password, quickly."""

    def hash(self, password: str) -> str:
        return f"hash of {password}"

    def matches(self, password: str, hashed: str) -> bool:
        return hashed == self.hash(password)


@given(st.data())
def test_any_values_are_problems_and_never_a_crash(data: st.DataObject) -> None:
    document = {table: [dict(entry) for entry in RIGHT[table]] for table in TABLES}
    for _ in range(data.draw(st.integers(1, 4))):
        table = data.draw(st.sampled_from(list(TABLES)))
        fields = [*TABLES[table].required, *TABLES[table].optional]
        entry = data.draw(st.sampled_from(document[table]))
        entry[data.draw(st.sampled_from(fields))] = data.draw(ANYTHING)
    world = World(read_document(document), Known(View([])), NOW_MS)
    if not check(world):
        assert list(changes(world, Means(KEY, PlainPasswords(), lambda: "drawn")))


@given(st.dictionaries(st.sampled_from([*TABLES, "installation", "other"]), ANYTHING))
def test_any_document_is_read(document: dict[str, object]) -> None:
    check(World(read_document(document), Known(View([])), NOW_MS))
