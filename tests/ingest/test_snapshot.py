"""What a collector looks up in the catalog."""

from partnerships.catalog import Link, Objective
from tests.ingest.builders import CONVERT_SECRET, NOW, known


def link(code: str) -> Link:
    found = known().link(code)
    assert found is not None
    return found


def test_parameters_of_objectives_and_campaigns_are_kept() -> None:
    site = known().site_with_key("ck_store")
    assert site is not None
    assert site.kept == {"ref", "slot"}


def test_parameters_of_an_announced_objective_are_kept_before_it_holds() -> None:
    announced = Objective(
        id="booking",
        version=2,
        sequence=900,
        site_id="store",
        name="Booking",
        type="appointment",
        count="session",
        page="/done?id=*",
        effective_from_ms=NOW + 1000,
    )
    site = known(announced).site_with_key("ck_store")
    assert site is not None
    assert site.kept == {"ref", "slot", "id"}


def test_only_an_active_agreement_makes_a_link_track() -> None:
    assert known().tracks(link("anna0001"), NOW)
    assert not known().tracks(link("ben00001"), NOW)
    assert not known().tracks(link("cleo0001"), NOW)


def test_a_key_is_found_by_its_secret() -> None:
    key = known().server_key(CONVERT_SECRET)
    assert key is not None
    assert key.scopes == ("convert",)
    assert known().server_key("other") is None
    assert known().server_key("") is None
