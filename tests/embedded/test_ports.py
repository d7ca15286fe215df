"""A port that somebody else has is named, with the service that needs it."""

import socket
from pathlib import Path

import pytest

from embedded.errors import StackError
from embedded.ports import check_ports
from embedded.services import SERVICES
from embedded.stack import Stack
from tests.engines import free_port_base


def test_taken_ports_are_named_with_who_wants_them(tmp_path: Path) -> None:
    stack = Stack(tmp_path, free_port_base())
    kafka, mail = stack.port("kafka"), stack.port("smtp")
    with (
        socket.create_server(("127.0.0.1", kafka)),
        socket.create_server(("127.0.0.1", mail)),
        pytest.raises(StackError) as told,
    ):
        check_ports(stack, SERVICES)
    assert f"port {kafka} (kafka)" in str(told.value)
    assert f"port {mail} (mail)" in str(told.value)
    assert "--port-base" in str(told.value)


def test_free_ports_are_not_complained_about(tmp_path: Path) -> None:
    check_ports(Stack(tmp_path, free_port_base()), SERVICES)
