"""Click tokens: only what a key of the installation sealed opens, and says what was sealed."""

from base64 import urlsafe_b64encode

from hypothesis import given
from hypothesis import strategies as st

from ingest.events import Flag, Token
from ingest.tokens import open_token, seal
from partnerships.keys import TokenKey
from tests.ingest.builders import KEYS

FLAGS: tuple[Flag, ...] = (
    "bot",
    "preview",
    "prefetch",
    "test",
    "partner_cookie",
    "partner_network",
    "own",
)
tokens = st.builds(
    Token,
    link=st.from_regex(r"[A-Za-z0-9_-]{4,32}", fullmatch=True),
    clicked_at=st.integers(0, 1 << 47),
    nonce=st.binary(min_size=8, max_size=16).map(bytes.hex),
    flags=st.sets(st.sampled_from(FLAGS)).map(lambda on: tuple(f for f in FLAGS if f in on)),
)
CLICK = Token(link="anna0001", clicked_at=1_780_000_000_000, nonce="00" * 12, flags=("own",))


@given(tokens)
def test_a_token_says_what_was_sealed(token: Token) -> None:
    assert open_token(seal(token, KEYS.token), KEYS.tokens) == token


@given(tokens, st.data())
def test_a_token_changed_in_one_character_does_not_open(token: Token, data: st.DataObject) -> None:
    text = seal(token, KEYS.token)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(
        st.characters(codec="ascii").filter(lambda character: character != text[place])
    )
    assert open_token(text[:place] + other + text[place + 1 :], KEYS.tokens) is None


@given(st.text(max_size=300))
def test_other_text_is_no_token(text: str) -> None:
    assert open_token(text, KEYS.tokens) is None


@given(st.binary(max_size=80))
def test_other_bytes_are_no_token(made_up: bytes) -> None:
    text = urlsafe_b64encode(b"\x01" + made_up).rstrip(b"=").decode()
    assert open_token(text, KEYS.tokens) is None


def test_padding_and_standard_base64_do_not_open() -> None:
    text = seal(CLICK, KEYS.token)
    assert open_token(text + "=", KEYS.tokens) is None
    assert open_token(text + "\n", KEYS.tokens) is None


def test_a_token_of_the_previous_key_opens() -> None:
    assert KEYS.previous_token is not None
    assert open_token(seal(CLICK, KEYS.previous_token), KEYS.tokens) == CLICK


def test_a_token_of_another_installation_does_not_open() -> None:
    foreign = TokenKey(KEYS.token.id, b"x" * 32)
    assert open_token(seal(CLICK, foreign), KEYS.tokens) is None


def test_a_key_id_alone_opens_nothing() -> None:
    renamed = TokenKey("other", KEYS.token.secret)
    assert open_token(seal(CLICK, KEYS.token), (renamed,)) is None


def test_a_link_code_is_no_token() -> None:
    assert open_token("anna0001", KEYS.tokens) is None
