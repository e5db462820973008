"""Brings what is stored to what this version expects, one process at a time."""

import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from tracker.clock import utc_now
from tracker.documents import jobs_done, leases, preparing
from tracker.documents.jobs_done import JobDone
from tracker.documents.schema import Db
from tracker.errors import EmbeddedServer, TrackerError
from tracker.migrations import MIGRATIONS, Migration

LEASE = "migrations"
LEASE_SECONDS = 30.0  # a batch takes less; so long a killed one keeps the others waiting
WAIT_SECONDS = 600.0
POLL_SECONDS = 0.2
NAMES = tuple(each.name for each in MIGRATIONS)

Tell = Callable[[str], object]


class Busy(TrackerError):
    """Another process does the same job."""


def prepare_database(db: Db, *, tell: Tell = lambda _: None) -> None:
    """Create every collection, validator and index that is missing, then migrate; safe to repeat.

    Old code may still run: its writes must pass the new validators, and its reads bear what a
    migration writes (docs/operations.md, "A new version").
    """
    preparing.prepare(db)
    migrate(db, tell=tell)


def refuse_embedded(db: Db) -> None:
    """Raise EmbeddedServer if this database is the embedded one: it is not made for production."""
    if preparing.is_embedded(db):
        raise EmbeddedServer


def pending(db: Db) -> list[str]:
    """Return the names of the migrations that this version needs and that are not done."""
    done = jobs_done.names_among(db, NAMES)
    return [name for name in NAMES if name not in done]


def migrate(db: Db, *, tell: Tell = lambda _: None, wait: float = WAIT_SECONDS) -> None:
    """Make the migrations that are not done; where another process makes them, wait for it.

    Raises Busy if that one still holds the lease after `wait` seconds, or took it from us.
    """
    if not pending(db):
        return
    with the_lease(db, LEASE, tell=tell, wait=wait) as keep:
        names = pending(db)  # another process may have made them meanwhile
        for migration in MIGRATIONS:
            if migration.name in names:
                tell(f"{migration.name}: {_make(db, migration, keep):.1f} s")


@contextmanager
def the_lease(db: Db, name: str, *, tell: Tell, wait: float) -> Iterator[Callable[[], None]]:
    """Hold the lease; gives what renews it. Raises Busy if another holds it for longer."""
    owner = process()
    deadline, told = time.monotonic() + wait, False
    while not _take(db, name, owner):
        if time.monotonic() > deadline:
            raise Busy(f"{name}: {leases.find_owner(db, name)} is at it; run this again later")
        if not told:
            tell(f"{name}: waiting for {leases.find_owner(db, name)}")
            told = True
        time.sleep(POLL_SECONDS)

    def keep() -> None:
        if not _take(db, name, owner):
            raise Busy(f"{name}: {leases.find_owner(db, name)} took the lease; run this again")

    try:
        yield keep
    finally:
        leases.free(db, name, owner)


def _take(db: Db, name: str, owner: str) -> bool:
    now = utc_now()
    return leases.take(db, name, owner, now=now, until=now + timedelta(seconds=LEASE_SECONDS))


def _make(db: Db, migration: Migration, keep: Callable[[], None]) -> float:
    """Run the migration and note that it is done; return the seconds that it took."""
    began = time.monotonic()
    for _ in migration.run(db):
        keep()
    seconds = time.monotonic() - began
    jobs_done.keep(db, JobDone(migration.name, utc_now(), seconds, machine()))
    return seconds


def machine() -> str:
    return socket.gethostname()[:100] or "unknown"


def process() -> str:
    """Return a name for whoever runs this, which no other has: machine, process, at random."""
    return f"{machine()}:{os.getpid()}:{secrets.token_hex(4)}"
