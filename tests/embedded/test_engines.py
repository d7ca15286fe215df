"""The engines of the test run are real and answer."""

import socket

import sqlalchemy
from clickhouse_driver import Client


def test_kafka_answers_at_its_address(kafka: str) -> None:
    host, port = kafka.split(":")
    with socket.create_connection((host, int(port)), 2):
        pass


def test_postgres_gives_each_test_an_empty_database(postgres: str) -> None:
    with sqlalchemy.create_engine(postgres).connect() as session:
        version = session.execute(sqlalchemy.text("show server_version")).scalar_one()
        tables = session.execute(
            sqlalchemy.text("select count(*) from pg_tables where schemaname = 'public'")
        ).scalar_one()
    assert version.startswith("18.")
    assert tables == 0


def test_clickhouse_gives_each_test_an_empty_database(clickhouse_database: str) -> None:
    with Client.from_url(clickhouse_database) as session:
        assert session.execute("show tables") == []
