"""Whether a service answers right now: one short question each, never a wait."""

import socket
import struct
import urllib.request
from contextlib import suppress

import psycopg

TIMEOUT_SECONDS = 2
API_VERSIONS = struct.pack(">ihhih", 10, 18, 0, 1, -1)  # size, request, its version, number, client


def listens(port: int) -> bool:
    """Whether something accepts connections at this port of loopback."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS):
        return True
    return False


def kafka_answers(port: int) -> bool:
    """Whether a broker at this port of loopback answers its first question without an error."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS) as way:
        way.sendall(API_VERSIONS)
        answer = way.recv(10)  # size, number of the question, error
        return len(answer) == 10 and struct.unpack(">iih", answer)[1:] == (1, 0)
    return False


def postgres_answers(url: str) -> bool:
    """Whether the database of this SQLAlchemy URL takes a session."""
    address = url.replace("+psycopg", "", 1)
    with suppress(psycopg.Error), psycopg.connect(address, connect_timeout=TIMEOUT_SECONDS):
        return True
    return False


def http_answers(url: str) -> bool:
    """Whether a GET of this address is answered by a status below 400."""
    with suppress(OSError), urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS):
        return True
    return False
