"""The catalog's topic is read to the pin asked for, or the reason why not is said in time."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from partnerships.catalog import Collector, Site, encode, key_of
from streams.aiokafka_catalog import AiokafkaCatalog
from streams.errors import CatalogError
from tests.streams.builders import SITE, catalog

_numbers = itertools.count()
_RECORDS = catalog().records()
Scenario = Callable[[AiokafkaCatalog, AIOKafkaProducer, str], Awaitable[None]]


def run(kafka: str, scenario: Scenario, reach_seconds: float = 20) -> None:
    """The scenario with a catalog topic of its own that holds the places of the tests."""

    async def main() -> None:
        topic = f"catalog-{next(_numbers)}"
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
        producer = AIOKafkaProducer(bootstrap_servers=kafka)
        reader = AiokafkaCatalog([kafka], topic=topic, reach_seconds=reach_seconds)
        await admin.start()
        await producer.start()
        try:
            await admin.create_topics([NewTopic(topic, 1, 1)])
            for record in _RECORDS:
                await producer.send_and_wait(topic, encode(record), key_of(record), partition=0)
            await scenario(reader, producer, topic)
        finally:
            await reader.stop()
            await producer.stop()
            await admin.delete_topics([topic])
            await admin.close()

    asyncio.run(main())


def test_catalog_is_read_to_its_end_before_anything_is_decided(kafka: str) -> None:
    async def scenario(reader: AiokafkaCatalog, producer: AIOKafkaProducer, topic: str) -> None:
        await reader.start()
        await reader.reach(len(_RECORDS))
        assert reader.at(len(_RECORDS)).get(Site, SITE) is not None
        assert reader.at(1).get(Site, SITE) is None

    run(kafka, scenario)


def test_pin_that_was_not_read_yet_is_waited_for(kafka: str) -> None:
    async def scenario(reader: AiokafkaCatalog, producer: AIOKafkaProducer, topic: str) -> None:
        await reader.start()
        newer = Site(
            id=SITE,
            version=2,
            sequence=len(_RECORDS) + 1,
            advertiser_id="other",
            key="k",
            hosts=(),
            landing_url="",
        )
        waiting = asyncio.create_task(reader.reach(newer.sequence))
        await producer.send_and_wait(topic, encode(newer), key_of(newer), partition=0)
        await waiting
        assert reader.at(newer.sequence).get(Site, SITE) == newer

    run(kafka, scenario)


def test_pin_that_never_comes_is_an_error_in_time(kafka: str) -> None:
    async def scenario(reader: AiokafkaCatalog, producer: AIOKafkaProducer, topic: str) -> None:
        await reader.start()
        with pytest.raises(CatalogError, match=f"stands at {len(_RECORDS)} .* pinned to 99"):
            await reader.reach(99)

    run(kafka, scenario, reach_seconds=2)


def test_record_of_another_version_is_an_error(kafka: str) -> None:
    async def scenario(reader: AiokafkaCatalog, producer: AIOKafkaProducer, topic: str) -> None:
        await producer.send_and_wait(topic, b'{"object":"yacht"}', b"yacht|1|1", partition=0)
        with pytest.raises(CatalogError, match="older than the partnerships"):
            await reader.start()

    run(kafka, scenario)


def test_registered_collectors_are_those_not_retired(kafka: str) -> None:
    async def scenario(reader: AiokafkaCatalog, producer: AIOKafkaProducer, topic: str) -> None:
        here = Collector(id="here", registered_at_ms=1)
        gone = Collector(id="gone", registered_at_ms=1, retired_at_ms=2)
        for record in (here, gone):
            await producer.send_and_wait(topic, encode(record), key_of(record), partition=0)
        await reader.start()
        assert list(reader.registered()) == ["here"]

    run(kafka, scenario)
