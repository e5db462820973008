"""Each migration is made once, by one process at a time, whoever is killed in between."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import tracker.migrations
from tests.cast import NOON, Cast
from tests.crashing import WRITES, Killed, at_once, watched
from tests.helping import ERROR, SAME, asks, cast, complaints, learner, no_pauses
from tests.test_commands import run
from tracker.documents import help_requests, jobs_done, leases, problems
from tracker.documents.schema import Db
from tracker.migrations import MIGRATIONS, Migration
from tracker.models import Problem
from tracker.use_cases import migrating
from tracker.use_cases.answering_help import merge_problems
from tracker.use_cases.migrating import Busy, migrate, pending

__all__ = ["cast", "no_pauses"]

LATER = NOON + timedelta(seconds=30)


@pytest.fixture(autouse=True)
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "LEASE_SECONDS", 0.3)
    monkeypatch.setattr(migrating, "POLL_SECONDS", 0.01)


def killed_after(db: Db, writes: int) -> Db:
    """Return the database as a process sees it that is killed after so many writes: for good."""
    seen = 0

    def before(_: str) -> None:
        if seen == writes:
            raise Killed

    def after(name: str) -> None:
        nonlocal seen
        seen += name in WRITES

    return watched(db, before=before, after=after)


def take(db: Db, owner: str, *, now: Any = NOON, until: Any = LATER) -> bool:
    return leases.take(db, "job", owner, now=now, until=until)


def test_a_lease_is_held_by_one_until_it_ends_or_is_given_back(db: Db) -> None:
    assert take(db, "a")
    assert not take(db, "b")
    assert take(db, "a", until=LATER + timedelta(seconds=1)), "renewed"
    assert not take(db, "b", now=LATER)
    assert take(db, "b", now=LATER + timedelta(seconds=1), until=LATER + timedelta(hours=1))
    leases.free(db, "job", "a")
    assert leases.find_owner(db, "job") == "b", "nobody gives back what another took"
    leases.free(db, "job", "b")
    assert leases.find_owner(db, "job") is None
    assert take(db, "a")


def test_of_many_who_want_a_lease_at_once_one_gets_it(db: Db) -> None:
    for _ in range(20):
        with ThreadPoolExecutor(6) as pool:
            got = list(pool.map(partial(take, db), "abcdef"))
        assert sorted(got) == [False] * 5 + [True]
        db[leases.NAME].delete_many({})


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put two migrations of three batches in the place of ours; return the batches made."""
    batches: list[str] = []

    def change(name: str, db: Db) -> Iterator[None]:
        for number in range(3):
            db["changed"].update_one({"_id": number}, {"$set": {name: 1}}, upsert=True)
            batches.append(f"{name}{number}")
            yield

    ours = tuple(Migration(name, partial(change, name)) for name in "xy")
    monkeypatch.setattr(migrating, "MIGRATIONS", ours)
    monkeypatch.setattr(migrating, "NAMES", ("x", "y"))
    return batches


EVERY = ["x0", "x1", "x2", "y0", "y1", "y2"]


def test_each_migration_is_made_once_and_noted(db: Db, made: list[str]) -> None:
    told: list[str] = []
    migrate(db, tell=told.append)
    migrate(db, tell=told.append)
    assert made == EVERY
    assert [line.split(":")[0] for line in told] == ["x", "y"]
    assert jobs_done.find_all(db)["x"].seconds >= 0
    assert pending(db) == []
    assert leases.find_owner(db, migrating.LEASE) is None


def test_of_two_that_migrate_at_once_one_waits_for_the_other(db: Db, made: list[str]) -> None:
    told: list[str] = []
    at_once([partial(migrate, db, tell=told.append) for _ in range(4)])
    assert made == EVERY
    assert pending(db) == []
    assert sum("waiting for" not in line for line in told) == 2


@pytest.mark.parametrize("writes", range(10))
def test_a_killed_migration_is_taken_up_again(db: Db, made: list[str], writes: int) -> None:
    """The writes are: lease, three batches and a renewal after each, the note, three more ..."""
    with pytest.raises(Killed):
        migrate(killed_after(db, writes))
    assert pending(db)
    assert (leases.find_owner(db, migrating.LEASE) is not None) == (writes > 0)

    told: list[str] = []
    migrate(db, tell=told.append)

    assert any("waiting for" in line for line in told) == (writes > 0)
    assert pending(db) == []
    whole = [{"_id": number, "x": 1, "y": 1} for number in range(3)]
    assert list(db["changed"].find().sort("_id")) == whole


def test_who_waits_too_long_is_told_who_has_it(db: Db, made: list[str]) -> None:
    far = migrating.utc_now() + timedelta(hours=1)
    leases.take(db, migrating.LEASE, "web-1:77", now=NOON, until=far)
    with pytest.raises(Busy, match="web-1:77"):
        migrate(db, wait=0.05)
    assert made == []


def test_who_lost_the_lease_stops_and_notes_nothing(db: Db, monkeypatch: Any) -> None:
    def robbed(db: Db) -> Iterator[None]:
        far = migrating.utc_now() + timedelta(hours=1)
        leases.take(db, migrating.LEASE, "web-2", now=far, until=far)
        yield

    monkeypatch.setattr(migrating, "MIGRATIONS", (Migration("x", robbed),))
    monkeypatch.setattr(migrating, "NAMES", ("x",))
    with pytest.raises(Busy, match="web-2 took the lease"):
        migrate(db)
    assert pending(db) == ["x"]
    assert leases.find_owner(db, migrating.LEASE) == "web-2"


def test_every_module_is_listed_in_the_order_of_the_numbers() -> None:
    folder = Path(tracker.migrations.__file__).parent
    files = sorted(path.stem.removeprefix("m") for path in folder.glob("m*.py"))
    assert [each.name for each in MIGRATIONS] == files
    assert [name[:4] for name in files] == [f"{n:04}" for n in range(1, len(files) + 1)]


def test_what_is_not_migrated_is_told_and_not_ready(app: Flask, client: FlaskClient) -> None:
    db: Db = app.extensions["didim_db"]
    assert client.get("/readyz").status_code == 200
    db[jobs_done.NAME].delete_one({"_id": "0002_fingerprints"})

    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (
        503,
        {"status": "not migrated", "pending": ["0002_fingerprints"]},
    )
    assert complaints(db) == ["the migration 0002_fingerprints is not made"]

    assert run(app, "database", "migrate").output.startswith("0002_fingerprints: 0.")
    assert run(app, "database", "migrate").output == "every migration is made\n"
    assert client.get("/readyz").status_code == 200


def made_by_older_rules(db: Db, problem: Problem, key: str) -> None:
    """Give the problem and its requests a fingerprint that today's rules do not make."""
    for name in (problems.NAME, help_requests.NAME):
        same = {"fingerprint": problem.fingerprint}
        db[name].update_many(same, {"$set": {"fingerprint": key, "shape": "older"}})
    db[jobs_done.NAME].delete_one({"_id": "0002_fingerprints"})


def test_a_problem_of_older_rules_is_found_by_new_requests(db: Db, cast: Cast) -> None:
    request, problem = asks(db, cast)
    made_by_older_rules(db, problem, "older")
    eve = learner(db, cast, "Eve")

    migrate(db)

    _request, found = asks(db, cast, SAME, by=eve)
    assert found.id == problem.id
    assert found.shape == problem.shape
    assert help_requests.get(db, request).fingerprint == problem.fingerprint
    assert complaints(db) == []


def test_a_problem_that_was_merged_still_leads_to_the_other(db: Db, cast: Cast) -> None:
    _request, older = asks(db, cast, "KeyError: 'a' in one")
    _request, newer = asks(db, cast, ERROR)
    merge_problems(db, cast.reader("ben"), older.id, newer.id, at=cast.at)
    made_by_older_rules(db, newer, "older")

    migrate(db)

    assert asks(db, cast, SAME, by=learner(db, cast, "Eve"))[1].id == older.id
    assert complaints(db) == []


def test_where_the_new_fingerprint_is_taken_both_problems_stay(db: Db, cast: Cast) -> None:
    _request, before = asks(db, cast)
    made_by_older_rules(db, before, "older")
    _request, since = asks(db, cast, SAME, by=learner(db, cast, "Eve"))
    assert since.id != before.id

    migrate(db)

    assert asks(db, cast, SAME, by=learner(db, cast, "Finn"))[1].id == since.id
    assert problems.get(db, before.id).figures.learners == 1
    assert complaints(db) == []


@pytest.mark.parametrize("writes", range(6))
def test_new_fingerprints_survive_a_kill(db: Db, cast: Cast, writes: int) -> None:
    """The writes are: lease, problem, requests, renewal, note, lease."""
    _request, problem = asks(db, cast)
    asks(db, cast, SAME, by=learner(db, cast, "Eve"))
    made_by_older_rules(db, problem, "older")
    with pytest.raises(Killed):
        migrate(killed_after(db, writes))

    migrate(db)

    _request, found = asks(db, cast, SAME, by=learner(db, cast, "Finn"))
    assert found.id == problem.id
    assert found.figures.learners == 3
    assert complaints(db) == []
