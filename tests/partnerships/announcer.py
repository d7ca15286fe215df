"""An announcer on a topic of its own: `python -m tests.partnerships.announcer URL BROKER TOPIC`."""

import signal
import sys
from threading import Event

from partnerships.announcing import keep_announcing
from partnerships.clock import now_ms
from partnerships.kafka_catalog_topic import KafkaCatalogTopic
from partnerships.store.outbox import Outbox
from partnerships.store.store import Store


def main(url: str, broker: str, name: str) -> None:
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    topic = KafkaCatalogTopic([broker], name)
    keep_announcing(Outbox(Store(url)), topic, now_ms, stop)
    topic.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
