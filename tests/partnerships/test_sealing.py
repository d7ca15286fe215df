"""A declared range is readable with the installation's keys alone."""

import pytest

from partnerships.networks import NetworkKey
from partnerships.sealing import SealError, open_seal, seal

OLD, NEW = NetworkKey("old", b"o" * 32), NetworkKey("new", b"n" * 32)


def test_a_seal_opens_with_its_key_also_after_a_rotation() -> None:
    sealed = seal("203.0.113.7/32", OLD)
    assert "203.0.113" not in sealed
    assert open_seal(sealed, [NEW, OLD]) == "203.0.113.7/32"


def test_a_seal_of_a_forgotten_key_says_which() -> None:
    with pytest.raises(SealError, match="The key old is not in the file of keys"):
        open_seal(seal("203.0.113.7/32", OLD), [NEW])
