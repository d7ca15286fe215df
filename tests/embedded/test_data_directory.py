"""A data directory is of this version, is a stack's, and is used by one command at a time."""

from pathlib import Path

import pytest

from embedded.data_directory import alone, find_stack, make_stack
from embedded.errors import StackError


def test_the_port_base_is_remembered(tmp_path: Path) -> None:
    made = make_stack(tmp_path / "var", 9200)
    assert find_stack(tmp_path / "var") == made
    assert make_stack(tmp_path / "var", None).port_base == 9200


def test_a_stopped_stack_may_move_to_other_ports(tmp_path: Path) -> None:
    make_stack(tmp_path, 9200)
    assert make_stack(tmp_path, 9300).port_base == 9300
    found = find_stack(tmp_path)
    assert found is not None
    assert found.port_base == 9300


def test_no_directory_is_no_stack(tmp_path: Path) -> None:
    assert find_stack(tmp_path / "nothing") is None


def test_data_of_another_version_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "stack.toml").write_text("version = 99\nport_base = 8000\n")
    with pytest.raises(StackError, match=r"(?s)version 99.*--data"):
        find_stack(tmp_path)
    with pytest.raises(StackError, match="version 99"):
        make_stack(tmp_path, None)


def test_a_directory_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(StackError, match="something else"):
        make_stack(tmp_path, None)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("base", [0, -1, 65_530, 100_000])
def test_a_port_base_leaves_room_for_all_ports(tmp_path: Path, base: int) -> None:
    with pytest.raises(StackError, match="--port-base"):
        make_stack(tmp_path / "var", base)


def test_a_second_command_at_the_same_time_is_refused(tmp_path: Path) -> None:
    stack = make_stack(tmp_path, None)
    with alone(stack), pytest.raises(StackError, match="another command"), alone(stack):
        pass
    with alone(stack):
        pass
