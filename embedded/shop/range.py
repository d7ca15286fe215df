"""What Harbour Bikes sells."""

from dataclasses import dataclass
from typing import Final

CURRENCY: Final = "EUR"


@dataclass(frozen=True, slots=True)
class Bike:
    """One bike of the range; `colour` is its frame's, for the drawing."""

    slug: str
    name: str
    words: str
    price_minor: int
    colour: str

    @property
    def price(self) -> str:
        return euros(self.price_minor)


BIKES: Final = {
    bike.slug: bike
    for bike in (
        Bike("gravel-one", "Gravel One", "Steel, wide tyres, all day.", 189_900, "#b4552d"),
        Bike("tide-runner", "Tide Runner", "Light and quick along the quay.", 164_900, "#1f6f8b"),
        Bike("city-lark", "City Lark", "Upright, eight gears, a basket.", 89_900, "#3c7a4b"),
        Bike("cargo-otter", "Cargo Otter", "Two children or a week's food.", 319_900, "#c08a1e"),
        Bike("night-heron", "Night Heron", "A dynamo and lights that last.", 124_900, "#6f66b8"),
    )
}


def euros(minor: int) -> str:
    """An amount of cents as a person reads it."""
    return f"€ {minor // 100:,}.{minor % 100:02}"


def total_minor(slugs: list[str]) -> int:
    """The price of a basket in cents; what is not in the range costs nothing."""
    return sum(BIKES[slug].price_minor for slug in slugs if slug in BIKES)
