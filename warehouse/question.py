"""A named question: one file of SQL that says in its first lines what it answers and from what.

    -- Refused results of an account by reason, most frequent first.
    -- account: id of the account
    -- limit = 50: most rows
    SELECT …

The first line is a sentence; each line after it documents a parameter, with a default if it may be
left out. In the SQL a parameter is written `%(account)s`, and a percent sign twice.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "questions"

_PARAMETER = re.compile(r"^-- (?P<name>\w+)(?: = (?P<default>.+?))?: (?P<meaning>.+)$")
_USED = re.compile(r"%\((\w+)\)s")


class UnknownQuestion(LookupError):
    """No file of this name; the message lists those there are."""


@dataclass(frozen=True, slots=True)
class Question:
    """meanings: each parameter in words, in the file's order. defaults: of those with one."""

    name: str
    sentence: str
    meanings: Mapping[str, str]
    defaults: Mapping[str, object]
    sql: str

    def bind(self, given: Mapping[str, object]) -> dict[str, object]:
        """All parameters with their values; raises TypeError for a missing or unknown one."""
        bound = {**self.defaults, **given}
        if bound.keys() != self.meanings.keys():
            missing = sorted(self.meanings.keys() - bound.keys())
            unknown = sorted(bound.keys() - self.meanings.keys())
            raise TypeError(f"question {self.name}: missing {missing}, unknown {unknown}")
        return bound


def names() -> list[str]:
    """The names of all questions, in order."""
    return sorted(path.stem for path in FOLDER.glob("*.sql"))


@cache
def question(name: str) -> Question:
    """The question of this name; raises UnknownQuestion."""
    if name not in names():
        raise UnknownQuestion(f"There is no question {name!r}. There are: {', '.join(names())}.")
    return parse(name, (FOLDER / f"{name}.sql").read_text())


def parse(name: str, text: str) -> Question:
    """A question from its file's text; what its lines document must be what its SQL uses."""
    lines = text.splitlines()
    assert lines[0].startswith("-- "), f"{name}.sql must begin with a sentence: -- …"
    meanings: dict[str, str] = {}
    defaults: dict[str, object] = {}
    for line in lines[1:]:
        if not (found := _PARAMETER.match(line)):
            break
        meanings[found["name"]] = found["meaning"]
        if found["default"] is not None:
            defaults[found["name"]] = ast.literal_eval(found["default"])
    used = set(_USED.findall(text))
    assert used == meanings.keys(), f"{name}.sql: documented {set(meanings)}, used {used}"
    return Question(name, lines[0][3:], meanings, defaults, text)
