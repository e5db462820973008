"""What a page has acknowledged is there after kill -9: of the app, of the database, of both."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from embedded import DatabaseUnavailable, EmbeddedMongo, dying_with_parent, reachable
from tests.browser.server import DATABASE, Gunicorn, free_port, wait_until
from tests.browser.writing import Class, Learner, NoAnswer, Visitor
from tests.cast import LESSONS, PASSWORD, Cast, make_cast
from tests.database import connect
from tracker.clock import utc_now
from tracker.documents import lesson_logs, log_revisions, people
from tracker.documents.schema import Db
from tracker.models import Role
from tracker.reports.threads import lesson_subject
from tracker.use_cases.accounts import change_look, create_account
from tracker.use_cases.checking import check
from tracker.use_cases.joining import enrol
from tracker.use_cases.migrating import prepare_database

NAMES = ("Ada", "Eve", "Finn", "Gil")  # they learn in ai-7
SLUGS = [slug for _step, _key, slug, _title, _first, _last in LESSONS]
ROUNDS = 3
LIMIT = 60.0  # seconds that any one thing may take on a busy machine
AGO = timedelta(days=8)


def furnish(db: Db) -> Cast:
    """Put the cast into the database, and three learners beside Ada."""
    prepare_database(db)
    cast = make_cast(db, at=utc_now() - AGO)
    for person in (cast.ada, cast.ben):
        change_look(db, person.id, language="en", theme="auto")
    for name in NAMES[1:]:
        email = f"{name.lower()}@example.com"
        person = create_account(
            db, email=email, name=name, password=PASSWORD, language="en", at=cast.at
        )
        enrol(db, cast.ai7, person.id, Role.LEARNER, by=cast.dana.id, at=cast.at)
    return cast


@contextmanager
def served(folder: Path, uri: str, port: int | None = None) -> Iterator[Gunicorn]:
    """Run the app over this database for the block."""
    gunicorn = Gunicorn(folder, uri, port=port)
    try:
        gunicorn.start()
        yield gunicorn
    finally:
        gunicorn.stop()


def sql_thread(cast: Cast) -> str:
    return lesson_subject(cast.lessons["sql"].id)


def visitor(gunicorn: Gunicorn, name: str, language: str = "en") -> Visitor:
    """Return the browser of someone who has signed in."""
    found = Visitor(gunicorn.port, language)
    found.sign_in(f"{name.lower()}@example.com", PASSWORD)
    return found


def learners(gunicorn: Gunicorn) -> list[Learner]:
    lessons = {name: {slug: [] for slug in SLUGS} for name in NAMES}
    return [Learner(visitor(gunicorn, name), name, "ai-7", lessons[name]) for name in NAMES]


def assert_all_is_there(db: Db, cast: Cast, group: list[Learner], ben: Visitor) -> None:
    """Check each log with its history and each comment, and that every figure agrees."""
    for learner in group:
        for lesson in learner.lines:
            learner.look_again(lesson)
    assert ben.get("/cohorts/ai-7/dashboard").status == 200
    assert [str(problem) for problem in check(db)] == []
    for learner in group:
        for slug, lines in learner.lines.items():
            assert saved_lines(db, cast, learner, slug) == lines
        said = {one["text"] for one in db["comments"].find({"author_name": learner.name})}
        assert set(learner.comments) <= said


def saved_lines(db: Db, cast: Cast, learner: Learner, slug: str) -> list[str]:
    """Return the line of each revision of a log, the first one first."""
    person = people.find_by_email(db, f"{learner.name.lower()}@example.com")
    place = db["enrolments"].find_one({"person_id": person and person.id})
    assert place is not None
    log = lesson_logs.find_for(db, place["_id"], cast.lessons[slug].id)
    if log is None:
        return []
    former = [(one.revision, one.entry.line) for one in log_revisions.list_for(db, log.id)]
    assert [number for number, _line in sorted(former)] == list(range(1, log.revision))
    return [line for _number, line in sorted(former)] + [log.entry.line]


def test_nothing_acknowledged_is_lost_when_app_and_database_are_killed(tmp_path: Path) -> None:
    with EmbeddedMongo(tmp_path) as server, connect(server.uri) as client:
        cast = furnish(client[DATABASE])
    group: list[Learner] = []
    port, chance = free_port(), random.Random()
    for number in range(ROUNDS + 1):
        with EmbeddedMongo(tmp_path) as server, served(tmp_path, server.uri, port) as gunicorn:
            group = group or learners(gunicorn)
            with connect(server.uri) as client:
                assert_all_is_there(client[DATABASE], cast, group, visitor(gunicorn, "Ben"))
            if number < ROUNDS:
                write_until_killed(server, gunicorn, Class(group, sql_thread(cast)), chance)
    assert sum(len(lines) for learner in group for lines in learner.lines.values()) > 100


def write_until_killed(
    server: EmbeddedMongo, gunicorn: Gunicorn, writers: Class, chance: random.Random
) -> None:
    """Kill app and database while everyone writes, at no particular moment."""
    try:
        writers.wait_for(chance.randint(40, 100), LIMIT)
        Event().wait(chance.uniform(0, 0.1))  # the moment does not follow an answer
        kill_both(server, gunicorn, chance)
    finally:
        writers.dismiss()


def kill_both(server: EmbeddedMongo, gunicorn: Gunicorn, chance: random.Random) -> None:
    assert server.pid is not None
    database = server.pid
    killings = [gunicorn.kill, lambda: os.kill(database, signal.SIGKILL)]
    chance.shuffle(killings)
    for kill in killings:
        kill()


def test_a_killed_worker_takes_nothing_with_it(tmp_path: Path) -> None:
    with (
        EmbeddedMongo(tmp_path) as server,
        connect(server.uri) as client,
        served(tmp_path, server.uri) as gunicorn,
    ):
        cast = furnish(client[DATABASE])
        group, ben = learners(gunicorn), visitor(gunicorn, "Ben")
        writers = Class(group, sql_thread(cast))
        try:
            for _ in range(3):
                writers.wait_for(30, LIMIT)
                before = gunicorn.workers()
                os.kill(min(before), signal.SIGKILL)
                wait_until(lambda old=before: bool(gunicorn.workers() - old), LIMIT, "a new worker")
            writers.wait_for(30, LIMIT)
        finally:
            writers.dismiss()
        assert_all_is_there(client[DATABASE], cast, group, ben)


class Mongo:
    """An embedded server at a port that stays the same, for an app that outlives it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.uri = f"mongodb://127.0.0.1:{self.port}/"
        self._folder = folder
        self._child: subprocess.Popen[bytes] | None = None
        (folder / "mongo.toml").touch()
        (folder / "mongo").mkdir()

    def start(self) -> None:
        options = ("--standalone", "--config", str(self._folder / "mongo.toml"))
        place = ("--host", "127.0.0.1", "--port", str(self.port), "--log-level", "WARNING")
        storage = ("--storage-path", str(self._folder / "mongo"), "--cache-size", "128M")
        with (self._folder / "mongo.log").open("ab") as log:
            command = [sys.executable, "-m", "secantus", *options, *place, *storage]
            self._child = subprocess.Popen(dying_with_parent(command), stdout=log, stderr=log)
        wait_until(self._answers, LIMIT, "the database answers")

    def _answers(self) -> bool:
        with suppress(DatabaseUnavailable):
            reachable(self.uri, 1)
            return True
        return False

    def kill(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()


@pytest.fixture
def mongo(tmp_path: Path) -> Iterator[Mongo]:
    mongo = Mongo(tmp_path)
    mongo.start()
    yield mongo
    mongo.kill()


def test_the_app_waits_for_its_database_and_goes_on(tmp_path: Path, mongo: Mongo) -> None:
    with connect(mongo.uri) as client:
        cast = furnish(client[DATABASE])
        change_look(client[DATABASE], cast.dana.id, language="ko", theme="auto")
    with served(tmp_path, mongo.uri) as gunicorn:
        ada, dana = visitor(gunicorn, "Ada", "ko"), visitor(gunicorn, "Dana", "en")
        workers = gunicorn.workers()
        mongo.kill()
        assert gunicorn.answers("/healthz")
        assert_said_kindly(ada, dana)

        mongo.start()
        wait_until(lambda: is_well(ada), LIMIT, "Today is there again")
        assert dana.get("/cohorts/ai-7/dashboard").status == 200
        assert gunicorn.workers() == workers


def assert_said_kindly(ada: Visitor, dana: Visitor) -> None:
    """Check the page that stands in while the database is away: for reading and for saving."""
    form = {"email": "ada@example.com", "password": PASSWORD}
    with ThreadPoolExecutor() as together:
        asked = [
            together.submit(ada.get, "/"),
            together.submit(ada.post, "/login", form),
            together.submit(dana.get, "/cohorts/ai-7/dashboard"),
            together.submit(dana.get, "/readyz"),
        ]
        english, refused, korean, ready = [one.result(LIMIT) for one in asked]
    for answer in (english, refused, korean, ready):
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "Traceback" not in answer.text
    for answer in (english, refused):
        assert '<html lang="en"' in answer.text
        assert "The tracker cannot reach its records just now" in answer.text
    assert '<html lang="ko"' in korean.text
    assert "The tracker cannot reach" not in korean.text


def is_well(reader: Visitor) -> bool:
    with suppress(NoAnswer):
        return reader.get("/").status == 200
    return False
