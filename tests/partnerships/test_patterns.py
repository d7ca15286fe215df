"""A page pattern means exactly the pages it names, and its errors are sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerships.patterns import MAX_PATTERN, Pattern, PatternError


@pytest.mark.parametrize(
    ("text", "path", "query"),
    [
        ("/thanks", "/thanks", ()),
        ("/thanks*", "/thanks/test-ride", (("utm_source", "x"),)),
        ("/thanks/:kind", "/thanks/test-ride", ()),
        ("/{fr/}?thanks", "/fr/thanks", ()),
        ("/{fr/}?thanks", "/thanks", ()),
        ("/thanks/:kind?", "/thanks", ()),
        ("/thanks?order=*", "/thanks", (("cf", "a"), ("order", "A-1"))),
        ("/thanks*?order=*", "/thanks/x", (("order", "A-1"),)),
        (r"/thanks\?order=*", "/thanks", (("order", "A-1"),)),
        ("/thanks?state=paid&order=:order", "/thanks", (("order", "1"), ("state", "paid"))),
        ("/a?q=(\\d+)", "/a", (("q", "42"),)),
        ("/a?q=*", "/a", (("q", "?x&y#z"),)),
        ("/a?items[]=*", "/a", (("items[]", "1"),)),
        ("/café", "/caf%C3%A9", ()),
        ("/a/:id?/b=c", "/a/b=c", ()),
        ("/a?q=:x?", "/a", (("q", ""),)),
        ("/a?q=:x", "/a", (("q", "first"), ("q", ""))),
    ],
)
def test_a_pattern_means_path_and_named_parameters(
    text: str, path: str, query: tuple[tuple[str, str], ...]
) -> None:
    assert Pattern(text).matches(path, query)


@pytest.mark.parametrize(
    ("text", "path", "query"),
    [
        ("/thanks", "/thanks/", ()),
        ("/thanks", "/Thanks", ()),
        ("/thanks/:kind", "/thanks/a/b", ()),
        ("/thanks?order=*", "/thanks", ()),
        ("/thanks?order=:order", "/thanks", (("order", ""),)),
        ("/thanks?state=paid&order=*", "/thanks", (("state", "failed"), ("order", "1"))),
        ("/a?q=(\\d+)", "/a", (("q", "42x"),)),
        ("/a?q=1", "/a", (("q", "2"), ("q", "1"))),
        ("/thanks", "", ()),
    ],
)
def test_a_pattern_means_no_other_page(
    text: str, path: str, query: tuple[tuple[str, str], ...]
) -> None:
    assert not Pattern(text).matches(path, query)


@pytest.mark.parametrize(
    ("text", "path", "query", "order"),
    [
        ("/thanks?order=*", "/thanks", (("order", "A 1/ä"),), "A 1/ä"),
        ("/thanks?id=:order", "/thanks", (("id", "A 1/ä"),), "A 1/ä"),
        ("/thanks?id=no-:order", "/thanks", (("id", "no-7"),), "7"),
        ("/done/:order", "/done/A-7", (("order", "other"),), "A-7"),
        ("/done/:order?order=*", "/done/A-7", (("order", "other"),), "A-7"),
        ("/done/:order(\\d+)", "/done/12", (), "12"),
        ("/done/:order", "/elsewhere/12", (), ""),
        ("/thanks?order=*", "/thanks", (("order", ""),), ""),
        ("/thanks*", "/thanks", (("order", "A-1"),), ""),
        ("/thanks/:orders", "/thanks/12", (), ""),
    ],
)
def test_the_order_is_the_group_or_the_parameter_named_order(
    text: str, path: str, query: tuple[tuple[str, str], ...], order: str
) -> None:
    assert Pattern(text).order(path, query) == order


def test_named_parameters_are_those_the_collector_must_keep() -> None:
    assert Pattern("/a/:b?state=paid&id=:order").parameters == {"state", "id"}
    assert Pattern("/{fr/}?a").parameters == frozenset()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("thanks", "A pattern starts with /"),
        ("", "A pattern starts with /"),
        ("https://shop.example/thanks", "A pattern starts with /"),
        ("/thanks/(a", "The bracket opened at position 9 is not closed"),
        ("/thanks/{a", "The bracket opened at position 9 is not closed"),
        ("/thanks/{(a)", "The bracket opened at position 9 is not closed"),
        ("/a?q=(x", "The bracket opened at position 6 is not closed"),
        ("/a}", "The bracket closed at position 3 is not opened"),
        ("/a?", "A parameter such as order=* must follow position 3"),
        ("/a?q=1&", "A parameter such as order=* must follow position 7"),
        ("/a?q=1&q=2", "The parameter q is named twice"),
        ("/a" * MAX_PATTERN, f"A pattern has at most {MAX_PATTERN} characters"),
    ],
)
def test_an_error_says_what_and_where(text: str, sentence: str) -> None:
    with pytest.raises(PatternError) as caught:
        Pattern(text)
    assert str(caught.value) == sentence


@given(st.text(alphabet="/ab:*?&=(){}\\+[]|.order", max_size=20))
def test_any_text_is_a_pattern_or_a_sentence(text: str) -> None:
    try:
        pattern = Pattern(text)
    except PatternError:
        return
    pattern.matches("/a", (("a", "b"),))
    pattern.order("/a", (("order", "b"),))


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_star_takes_any_value_and_gives_it_back(order: str, other: str) -> None:
    pairs = (("x", other), ("order", order))
    assert Pattern("/a?order=*").order("/a", pairs) == order
