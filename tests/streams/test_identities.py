"""rules.md §1: ids are keyed hashes of what they name, and stay the same for ever."""

from streams.rules.identities import Identities
from tests.streams.builders import IDS, hexadecimal

VISITOR, EVENT = hexadecimal("ann"), hexadecimal("event")


def test_ids_are_32_hex_digits_and_differ_by_kind() -> None:
    ids = {
        IDS.session(VISITOR, EVENT),
        IDS.touch(VISITOR, EVENT),
        IDS.conversion(EVENT, "sale"),
        IDS.once("sale", "", "order", "o1"),
        IDS.click("sale", "o1"),
    }
    assert len(ids) == 5
    assert all(len(bytes.fromhex(one)) == 16 for one in ids)


def test_conversion_depends_on_event_and_objective_alone() -> None:
    assert IDS.conversion(EVENT, "sale") == IDS.conversion(EVENT, "sale")
    assert IDS.conversion(EVENT, "sale") != IDS.conversion(EVENT, "lead")


def test_another_secret_makes_other_ids() -> None:
    assert Identities(b"another").conversion(EVENT, "sale") != IDS.conversion(EVENT, "sale")


def test_an_order_cannot_pose_as_another_objective() -> None:
    assert IDS.once("a", "", "order", "b\x1fc") != IDS.once("a", "b", "order", "c")


def test_ids_are_those_that_earlier_versions_made() -> None:
    """A changed id would let a repeat be paid twice: these strings must never change."""
    assert IDS.conversion(EVENT, "sale") == "6616a2e2a002ad4b5398f31c6e8bb464"
    assert IDS.once("sale", "", "order", "o1") == "d5d4bdd8ccbd416e8ea528dd316023dc"
    assert IDS.click("click", "n1") == "6ebb088473c9272e5a524141eb69a024"
