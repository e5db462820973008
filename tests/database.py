"""A real database for tests: one embedded server for the session, a fresh database for each test.

`conftest.py` takes the fixtures from here: `mongo_server` (its address) and `db` (prepared: every
collection has its validator and indexes, and is empty).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from pymongo import MongoClient
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from blueprints.support.metrics import command_done
from embedded import EmbeddedMongo
from tracker.documents import jobs_done
from tracker.documents.commands_told import CommandsTold
from tracker.documents.schema import Db
from tracker.use_cases.migrating import prepare_database


class CountQueries(CommandListener):
    """Counts what a client asks the database, leaving out what drivers ask by themselves.

    `written` has the collections that were written to, `broken` the databases that lost an index
    or a collection.
    """

    NOT_ASKED_BY_US = frozenset({"hello", "ping", "endSessions", "killCursors"})
    WRITES = frozenset({"insert", "update", "findAndModify"})
    BREAKS = frozenset({"drop", "dropIndexes"})

    def __init__(self) -> None:
        self.names: list[str] = []
        self.written: defaultdict[str, set[str]] = defaultdict(set)
        self.broken: set[str] = set()

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name in self.NOT_ASKED_BY_US:
            return
        collection = event.command.get(event.command_name)
        self.names.append(f"{event.command_name} {collection}")
        if event.command_name in self.WRITES:
            self.written[event.database_name].add(collection)
        if event.command_name in self.BREAKS:
            self.broken.add(event.database_name)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing is counted twice."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing is counted twice."""


QUERIES = CountQueries()


def connect(uri: str) -> MongoClient[dict[str, Any]]:
    """Return a client with the app's own options."""
    told = CommandsTold(command_done)
    return MongoClient(
        uri, tz_aware=True, w="majority", journal=True, event_listeners=[QUERIES, told]
    )


def empty(db: Db) -> None:
    """Delete every record; that the migrations are made stays known."""
    for name in set(db.list_collection_names()) - {jobs_done.NAME}:
        db[name].delete_many({})


@pytest.fixture(scope="session")
def mongo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with EmbeddedMongo(tmp_path_factory.mktemp("instance")) as server:
        yield server.uri


@pytest.fixture(scope="session")
def mongo_client(mongo_server: str) -> Iterator[MongoClient[dict[str, Any]]]:
    with connect(mongo_server) as client:
        yield client


@pytest.fixture(scope="session")
def prepared() -> list[Db]:
    """Databases that a test is done with: preparing one takes four times as long as emptying it."""
    return []


@pytest.fixture(scope="session")
def jobs() -> list[dict[str, Any]]:
    """What a prepared database holds: that its migrations are made."""
    return []


@pytest.fixture
def db(
    mongo_client: MongoClient[dict[str, Any]], prepared: list[Db], jobs: list[dict[str, Any]]
) -> Iterator[Db]:
    with _lent(mongo_client, prepared, jobs) as database:
        yield database


@pytest.fixture
def other(
    mongo_client: MongoClient[dict[str, Any]], prepared: list[Db], jobs: list[dict[str, Any]]
) -> Iterator[Db]:
    """A second database beside the test's own."""
    with _lent(mongo_client, prepared, jobs) as database:
        yield database


@contextmanager
def _lent(
    mongo_client: MongoClient[dict[str, Any]], prepared: list[Db], jobs: list[dict[str, Any]]
) -> Iterator[Db]:
    if prepared:
        database = prepared.pop()
    else:
        database = mongo_client[f"test_{uuid4().hex}"]
        prepare_database(database)
        jobs[:] = database[jobs_done.NAME].find()
        QUERIES.written.pop(database.name)
    yield database
    written = QUERIES.written.pop(database.name, set())
    if database.name in QUERIES.broken:
        mongo_client.drop_database(database.name)
        return
    for name in written:
        database[name].delete_many({})
    if jobs_done.NAME in written:
        database[jobs_done.NAME].insert_many(jobs)
        QUERIES.written.pop(database.name)
    prepared.append(database)
