"""Whether each service of a stack answers: the conditions that a start waits for."""

from collections.abc import Callable
from typing import Final

from embedded.probes import http_answers, kafka_answers, listens, postgres_answers
from embedded.stack import Stack

PROBES: Final[dict[str, Callable[[Stack], bool]]] = {
    "kafka": lambda stack: kafka_answers(stack.port("kafka")),
    "postgres": lambda stack: postgres_answers(stack.postgres.url()),
    "clickhouse": lambda stack: http_answers(f"{stack.url('clickhouse-http')}/ping"),
    "stripe": lambda stack: http_answers(stack.url("stripe")),
    "mail": lambda stack: http_answers(stack.url("mail")) and listens(stack.port("smtp")),
    "shop": lambda stack: http_answers(stack.url("shop")),
    "ingest": lambda stack: http_answers(f"{stack.url('collector')}/health/ready"),
    "dashboards": lambda stack: http_answers(f"{stack.url('dashboards')}/health"),
}


def answers(stack: Stack, service: str) -> bool:
    """Whether it answers now; a service that listens nowhere only has to run."""
    probe = PROBES.get(service)
    return probe is None or probe(stack)
