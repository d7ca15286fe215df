"""The partner's cookie is taken only as it was signed."""

from hypothesis import given
from hypothesis import strategies as st

from partnerships import partner_cookie
from tests.ingest.builders import KEYS


def test_a_cookie_names_the_accounts_it_was_sealed_for() -> None:
    value = partner_cookie.seal(["anna", "ben"], KEYS.cookie)
    assert partner_cookie.open_cookie(value, KEYS.cookie) == ("anna", "ben")


@given(st.text(max_size=100))
def test_any_other_text_names_nobody(text: str) -> None:
    assert partner_cookie.open_cookie(text, KEYS.cookie) == ()


def test_a_cookie_of_another_key_names_nobody() -> None:
    value = partner_cookie.seal(["anna"], b"x" * 32)
    assert partner_cookie.open_cookie(value, KEYS.cookie) == ()


def test_the_newest_sign_ins_are_kept() -> None:
    value = partner_cookie.seal([f"a{n}" for n in range(40)], KEYS.cookie)
    assert partner_cookie.open_cookie(value, KEYS.cookie)[-1] == "a39"
