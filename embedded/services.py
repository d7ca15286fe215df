"""Every service of a stack: its command, its ports, its own part of the environment."""

import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from embedded.stack import JARS, Listener, Stack

Group = Literal["engines", "rooms"]

SHOP_SITE: Final = "ck_harbour_shop"  # the site key that demo/partnerships.toml gives the shop


def _nothing(_stack: Stack) -> list[str]:
    return []


@dataclass(frozen=True, slots=True)
class Service:
    """A process that runs as long as its stack.

    Engines start first and stop last; rooms need them and the set-up steps. `arguments` follow
    `python -m <module>`.
    """

    name: str
    group: Group
    module: str
    arguments: Callable[[Stack], list[str]] = _nothing
    listeners: tuple[Listener, ...] = ()
    stop: signal.Signals = signal.SIGTERM

    def command(self, stack: Stack) -> list[str]:
        return [sys.executable, "-m", self.module, *self.arguments(stack)]

    def environment(self, stack: Stack) -> dict[str, str]:
        """What this service is told; an engine is told by its arguments."""
        if self.group == "engines":
            return stack.mark()
        told = stack.environment() | stack.mark()
        if self.listeners:
            told["COUNTERFOIL_LISTEN"] = stack.address(self.listeners[0])
        return told


@dataclass(frozen=True, slots=True)
class Step:
    """A command that runs to its end each time a stack starts; repeating it changes nothing."""

    name: str
    module: str
    argument: str

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", self.module, self.argument]


def _kafka(stack: Stack) -> list[str]:
    directories = ["--data", str(stack.data / "kafka"), "--jars", str(JARS)]
    controller = str(stack.port("kafka-controller"))
    return [*directories, "--port", str(stack.port("kafka")), "--controller-port", controller]


def _postgres(stack: Stack) -> list[str]:
    return ["--data", str(stack.postgres.data)]


def _clickhouse(stack: Stack) -> list[str]:
    from warehouse.store import WITHHELD  # here: the driver it loads costs every command 0.4 s

    files = ["--data", str(stack.data / "clickhouse"), "--users", str(stack.users)]
    http_port = str(stack.port("clickhouse-http"))
    ports = ["--port", str(stack.port("clickhouse")), "--http-port", http_port]
    withheld = [part for column in WITHHELD for part in ("--withhold", column)]
    return [*files, *ports, "--database", "counterfoil", *withheld]


def _stripe(stack: Stack) -> list[str]:
    return ["--data", str(stack.data / "stripe"), "--listen", stack.address("stripe")]


def _mail(stack: Stack) -> list[str]:
    listen = ["--listen", stack.address("mail"), "--smtp", stack.address("smtp")]
    return ["--data", str(stack.data / "mail"), *listen]


def _shop(stack: Stack) -> list[str]:
    listen = ["--listen", stack.address("shop")]
    return [*listen, "--collector", stack.url("collector"), "--site", SHOP_SITE]


def _just(argument: str) -> Callable[[Stack], list[str]]:
    return lambda _stack: [argument]


def _worker(stage: str) -> Callable[[Stack], list[str]]:
    """A worker with a name: after a kill it takes its partitions back at once."""
    return lambda _stack: [stage, "--instance", f"embedded-{stage}"]


SERVICES: Final = (
    Service("kafka", "engines", "embedded.kafka", _kafka, ("kafka", "kafka-controller")),
    Service("postgres", "engines", "embedded.postgres", _postgres, stop=signal.SIGINT),
    Service(
        "clickhouse",
        "engines",
        "embedded.clickhouse",
        _clickhouse,
        ("clickhouse", "clickhouse-http"),
    ),
    Service("stripe", "engines", "embedded.stripe", _stripe, ("stripe",)),
    Service("mail", "engines", "embedded.mail", _mail, ("mail", "smtp")),
    Service("shop", "engines", "embedded.shop", _shop, ("shop",)),
    Service("announcer", "rooms", "partnerships", _just("announce")),
    Service("ingest", "rooms", "ingest", _just("serve"), ("collector",)),
    Service("attribution", "rooms", "streams", _worker("attribution")),
    Service("budget", "rooms", "streams", _worker("budget")),
    Service("loader", "rooms", "warehouse", _just("load")),
    Service("dashboards", "rooms", "dashboards", _just("serve"), ("dashboards",)),
)

KEYS: Final = Step("keys", "partnerships", "keys")
PAGES: Final = Step("pages", "dashboards", "build")
STEPS: Final = (
    Step("partnerships", "partnerships", "migrate"),
    Step("settlement", "settlement", "migrate"),
    Step("warehouse", "warehouse", "migrate"),
    Step("topics", "ingest", "topics"),
)


def service_named(name: str) -> Service:
    """The service of this name; KeyError when there is none."""
    return {service.name: service for service in SERVICES}[name]
