"""A database that dies, or waits, at a chosen operation: for tests of crashes and of races."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Condition, Thread, Timer
from types import ModuleType
from typing import Any, cast

import pytest
from pymongo import MongoClient

from embedded import EmbeddedMongo
from tracker.documents.schema import Db, Document, insert_new

WRITES = frozenset(
    {"insert_one", "insert_many", "update_one", "update_many", "find_one_and_update"}
    | {"delete_one", "delete_many", "bulk_write"}
)
READS = frozenset({"find", "find_one", "count_documents"})


class Killed(BaseException):
    """The process was killed: nothing in it may catch this."""


class _Watched:
    def __init__(self, db: Db, before: Callable[[str], None], after: Callable[[str], None]) -> None:
        self._db, self._before, self._after = db, before, after

    def __getitem__(self, name: str) -> Any:
        return _WatchedCollection(self._db[name], self._before, self._after)


def watched(
    db: Db,
    *,
    before: Callable[[str], None] = lambda _: None,
    after: Callable[[str], None] = lambda _: None,
) -> Db:
    """Return the database, with `before` and `after` called around each of its operations."""
    return cast(Db, _Watched(db, before, after))


class _WatchedCollection:
    def __init__(
        self, collection: Any, before: Callable[[str], None], after: Callable[[str], None]
    ) -> None:
        self._collection, self._before, self._after = collection, before, after

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._collection, name)
        if name not in WRITES | READS:
            return method

        def call(*args: Any, **kwargs: Any) -> Any:
            self._before(name)
            answer = method(*args, **kwargs)
            self._after(name)
            return answer

        return call


def dying_at(db: Db, number: int, *, answered: bool) -> Db:
    """Return the database as a process sees it that is killed at its write `number`, from 1.

    The write itself is done where `answered` is true: then only what follows is lost.
    """
    seen = 0

    def count(name: str) -> None:
        nonlocal seen
        seen += name in WRITES
        if name in WRITES and seen == number:
            raise Killed

    return watched(db, after=count) if answered else watched(db, before=count)


def writes_of(db: Db, act: Callable[[Db], object]) -> int:
    """Return how many writes an action makes."""
    names: list[str] = []
    act(watched(db, after=names.append))
    return sum(name in WRITES for name in names)


def calling_at(db: Db, number: int, act: Callable[[], object]) -> Db:
    """Return the database in which `act` happens just before operation `number`, from 1."""
    seen = 0

    def count(_: str) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            act()

    return watched(db, before=count)


class _Turns:
    """Gives the turn to one of several threads, one operation at a time."""

    def __init__(self, schedule: Sequence[int], actors: int) -> None:
        self._schedule = list(schedule)
        self._running = set(range(actors))
        self._changed = Condition()
        self._skip()

    def wait_for(self, actor: int) -> None:
        with self._changed:
            done = self._changed.wait_for(
                lambda: not self._schedule or self._schedule[0] == actor, timeout=20
            )
            assert done, "the schedule got stuck"

    def done_by(self, actor: int, *, ended: bool = False) -> None:
        with self._changed:
            if ended:
                self._running.discard(actor)
            elif self._schedule and self._schedule[0] == actor:
                self._schedule.pop(0)
            self._skip()
            self._changed.notify_all()

    def _skip(self) -> None:
        while self._schedule and self._schedule[0] not in self._running:
            self._schedule.pop(0)


def interleaved(db: Db, schedule: Sequence[int], *acts: Callable[[Db], object]) -> None:
    """Run the acts at once; `schedule` says, by their number, who makes the next operation.

    After the schedule's end they run freely. What an act raises is raised here.
    """
    turns = _Turns(schedule, len(acts))

    def run(actor: int) -> None:
        mine = watched(
            db, before=lambda _: turns.wait_for(actor), after=lambda _: turns.done_by(actor)
        )
        try:
            acts[actor](mine)
        finally:
            turns.done_by(actor, ended=True)

    at_once([partial(run, actor) for actor in range(len(acts))])


def at_once(acts: Sequence[Callable[[], object]]) -> None:
    """Run the acts in real threads, all at once; raise what one of them raises."""
    errors: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001  raised again in the test's own thread
            errors.append(error)

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive(), "an act never ended"
    if errors:
        raise errors[0]


@contextmanager
def held_up(folder: Path, module: ModuleType, name: str) -> Iterator[Db]:
    """Give a database whose client waits 1 s, while the module's first insert there takes 2.5 s."""
    hasty = {"socketTimeoutMS": 1_000, "retryWrites": False, "tz_aware": True}
    stops = {name}

    with EmbeddedMongo(folder) as server, MongoClient[Any](server.uri, **hasty) as client:
        pid = server.pid or 0

        def slowly(db: Db, collection: str, documents: list[Document]) -> list[Document]:
            if collection in stops:
                stops.discard(collection)
                os.kill(pid, signal.SIGSTOP)
                Timer(2.5, os.kill, (pid, signal.SIGCONT)).start()
            return insert_new(db, collection, documents)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "insert_new", slowly)
            yield client["didim"]
    assert not stops
