"""Other rooms enter by the door, and those that need the pure modules alone carry no database."""

import subprocess
import sys

import pytest

import partnerships

PURE = ("catalog", "days", "keys", "money", "networks", "patterns", "terms", "objectives")


@pytest.mark.parametrize("name", partnerships.__all__)
def test_every_use_case_is_found(name: str) -> None:
    assert getattr(partnerships, name) is not None


def test_nothing_else_is() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'sell'"):
        _ = partnerships.sell


def test_the_pure_modules_load_no_engine() -> None:
    program = "; ".join(
        [
            *(f"import partnerships.{module}" for module in PURE),
            "import sys",
            "print(sorted({'sqlalchemy', 'kafka', 'psycopg', 'argon2'} & set(sys.modules)))",
        ]
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert loaded.stdout.strip() == "[]", loaded.stderr
