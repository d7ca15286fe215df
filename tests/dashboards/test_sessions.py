import pytest

from dashboards import sessions
from dashboards.sessions import MAX_AGE_SECONDS, Session

KEY = b"k" * 32
NOW = 1_794_489_600_000
SESSION = Session(7, "nonce", NOW)


def test_a_sealed_session_opens_until_it_runs_out() -> None:
    sealed = sessions.seal(SESSION, KEY)
    last_ms = NOW + MAX_AGE_SECONDS * 1000 - 1
    assert sessions.open_session(sealed, KEY, last_ms) == SESSION
    assert sessions.open_session(sealed, KEY, last_ms + 1) is None


@pytest.mark.parametrize("value", ["", "x", "W10.bad", "a" * 5000])
def test_anything_else_opens_nothing(value: str) -> None:
    assert sessions.open_session(value, KEY, NOW) is None


def test_a_session_of_another_key_or_a_changed_one_opens_nothing() -> None:
    sealed = sessions.seal(SESSION, KEY)
    assert sessions.open_session(sealed, b"o" * 32, NOW) is None
    assert sessions.open_session("A" + sealed[1:], KEY, NOW) is None


def test_each_sign_in_is_a_session_of_its_own() -> None:
    assert sessions.begin(7, NOW).nonce != sessions.begin(7, NOW).nonce


def test_a_form_belongs_to_one_browser() -> None:
    token = sessions.form_token("nonce", KEY)
    assert sessions.token_matches(token, "nonce", KEY)
    assert not sessions.token_matches(token, "other", KEY)
    assert not sessions.token_matches("", "nonce", KEY)
    assert not sessions.token_matches(sessions.form_token("", KEY), "", KEY)
    assert not sessions.token_matches("gef\u00e4lscht", "nonce", KEY)
