"""One idempotency key stands for one body."""

from ingest.idempotency import IdempotencyKeys


def test_the_same_body_may_come_again_and_another_may_not() -> None:
    keys = IdempotencyKeys()
    assert not keys.conflicts("store", "k", b"1")
    assert not keys.conflicts("store", "k", b"1")
    assert keys.conflicts("store", "k", b"2")
    assert not keys.conflicts("store", "k", b"1")


def test_owners_have_their_own_keys() -> None:
    keys = IdempotencyKeys()
    assert not keys.conflicts("store", "k", b"1")
    assert not keys.conflicts("anna", "k", b"2")
