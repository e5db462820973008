"""How fast the dashboard is, as ratios to bare Flask and raw PyMongo measured in the same run.

    .venv/bin/python -m bench.dashboard [--learners 500] [--lessons 100] [--history 0]
                                        [--seconds 4] [--rounds 3]

Each round measures every target once, in turn, so that what disturbs the machine disturbs all.
docs/performance.md says what the lines mean and what they were.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from urllib.parse import quote
from urllib.request import Request, urlopen

from pymongo import MongoClient

from bench.load import Sample, cpu_seconds, measured, pss_megabytes, raw
from bench.visitors import Visitor, visitor
from embedded import EmbeddedMongo
from tests.browser.server import DATABASE, Gunicorn
from tracker.clock import utc_now
from tracker.documents import cohorts, enrolments, lesson_logs, people
from tracker.documents.schema import BATCH, Db, Document, new_id
from tracker.models import CohortId, Lesson, LogEntry, LogState, Pace, Role
from tracker.reports.membership import read_curriculum
from tracker.use_cases.demo import COACH, LEARNER, Size, load_demo
from tracker.use_cases.migrating import prepare_database

HELLO, BYTES = "bare Flask hello", "the same bytes from memory"
FIND, ROWS = "one find and a render", "one find and 100 rows"
SIGNED_IN = "one find and a render, signed in"
RAW_FIND, RAW_INSERT = "raw indexed find", "raw journaled insert"
FULL, SAME, MATRIX = "dashboard", "dashboard, unchanged: 304", "matrix.json"
PAGE, POST = "learner page", "posting a log"
COMPARED = (
    *((FULL, FIND), (SAME, FIND), (MATRIX, FIND), (FULL, BYTES), (PAGE, ROWS)),
    *((SIGNED_IN, FIND), (FULL, SIGNED_IN), (SAME, SIGNED_IN)),
)
POSTING = Path(__file__).with_name("posting.lua")
FIRST_VIEWS = 20

Measure = Callable[[], Sample]


@dataclass(frozen=True)
class Scene:
    """The site and the floors, both served, over one database with the demo cohort."""

    folder: Path
    db: Db
    mongo_pid: int
    site: Gunicorn
    floors: Gunicorn
    cohort: str
    coach: Visitor
    learner_page: str

    @property
    def dashboard(self) -> str:
        return f"{self.site.url}/cohorts/{self.cohort}/dashboard"

    def roots(self, server: Gunicorn) -> set[int]:
        """Return the processes whose time and memory count, with their children."""
        return {server.pid, self.mongo_pid}


def main() -> None:
    """Measure every target, then print what was seen."""
    options = arguments()
    with scene_of(options.learners, options.lessons, options.history) as scene:
        targets = targets_of(scene, options.seconds)
        seen: dict[str, list[Sample]] = {name: [] for name in targets}
        for _ in range(options.rounds):
            for name, measure in targets.items():
                seen[name].append(measure())
        post = posting(scene, options.seconds)
        seen[POST] = [post() for _ in range(options.rounds)]
        print_table({name: middle(samples) for name, samples in seen.items()})
        print(f"first view after a write: {first_view(scene):.1f} ms of processor time")
        together = pss_megabytes(scene.roots(scene.site))
        print(f"gunicorn and database together: {together:.0f} MB (PSS)")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.dashboard", description=__doc__)
    parser.add_argument("--learners", type=int, default=500)
    parser.add_argument("--lessons", type=int, default=100)
    parser.add_argument("--history", type=int, default=0, help="older records of activity")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


@contextmanager
def scene_of(learners: int, lessons: int, history: int) -> Iterator[Scene]:
    """Serve a demo cohort of this size, and the floors beside it."""
    with tempfile.TemporaryDirectory() as name, EmbeddedMongo(Path(name)) as mongo:
        folder = Path(name)
        client: MongoClient[Document] = MongoClient(mongo.uri, tz_aware=True, journal=True)
        db = client[DATABASE]
        prepare_database(db)
        slug = load_demo(db, Size(learners, lessons), at=utc_now()).slug
        cohort = cohorts.get_by_slug(db, slug)
        add_history(db, cohort.id, history)
        coach = visitor(people.get_by_email(db, COACH).id)
        learner = enrolments.find_for(db, cohort.id, people.get_by_email(db, LEARNER).id)
        assert learner is not None
        assert mongo.pid is not None
        site = Gunicorn(folder, mongo.uri)
        page = folder / "dashboard.html"
        floors = Gunicorn(
            folder,
            mongo.uri,
            app="bench.floors:create_app()",
            DIDIM_BENCH_BYTES=str(page),
            DIDIM_BENCH_COHORT=slug,
        )
        site.start()
        try:
            scene = Scene(
                folder=folder,
                db=db,
                mongo_pid=mongo.pid,
                site=site,
                floors=floors,
                cohort=slug,
                coach=coach,
                learner_page=f"{site.url}/cohorts/{slug}/learners/{learner.id}",
            )
            page.write_bytes(fetched(scene.dashboard, coach)[0])
            db.bench_rows.insert_one({"_id": "rows", "rows": [row_of(n) for n in range(100)]})
            floors.start()
            yield scene
        finally:
            site.stop()
            floors.stop()


def add_history(db: Db, cohort_id: CohortId, count: int) -> None:
    """Add as many older records of activity, a minute apart."""
    for start in range(0, count, BATCH):
        db["activity"].insert_many(
            {
                "_id": new_id(),
                "cohort_id": cohort_id,
                "at": utc_now() - timedelta(days=30, minutes=number),
                "actor_id": "someone",
                "verb": "saved",
                "subject": f"log:{number}",
            }
            for number in range(start, min(count, start + BATCH))
        )


def row_of(number: int) -> Document:
    return {"state": "done", "line": f"what I learned of lesson {number}", "minutes": number}


def fetched(url: str, who: Visitor) -> tuple[bytes, str]:
    """Return a page and its ETag."""
    with urlopen(Request(url, headers=who.headers)) as answer:
        return answer.read(), answer.headers.get("ETag", "")


def targets_of(scene: Scene, seconds: float) -> dict[str, Measure]:
    """Return what is measured in turn, the floors first."""

    def floor(path: str, **headers: str) -> Measure:
        url, roots = scene.floors.url + path, scene.roots(scene.floors)
        return partial(measured, url, roots, seconds=seconds, headers=headers)

    def page(url: str, **headers: str) -> Measure:
        headers |= scene.coach.headers
        return partial(measured, url, scene.roots(scene.site), seconds=seconds, headers=headers)

    tag = fetched(scene.dashboard, scene.coach)[1]
    numbers = count()
    insert = partial(insert_raw, scene.db, numbers)
    find = partial(scene.db.cohorts.find_one, {"slug": scene.cohort})
    return {
        HELLO: floor("/hello"),
        BYTES: floor("/bytes"),
        FIND: floor("/find"),
        SIGNED_IN: floor("/signed-in", **scene.coach.headers),
        ROWS: floor("/rows"),
        RAW_FIND: partial(raw, find, {scene.mongo_pid}, seconds=seconds),
        RAW_INSERT: partial(raw, insert, {scene.mongo_pid}, seconds=seconds),
        FULL: page(scene.dashboard),
        SAME: page(scene.dashboard, **{"If-None-Match": tag}),
        MATRIX: page(f"{scene.dashboard}/matrix.json"),
        PAGE: page(scene.learner_page),
    }


def insert_raw(db: Db, numbers: Iterator[int]) -> None:
    """Insert a document as large as a log, journaled."""
    entry = LogEntry(
        LogState.DONE, understanding=4, pace=Pace.RIGHT, minutes=50, line="joins and indexes"
    )
    number = next(numbers)
    db.bench_logs.insert_one(
        {
            "_id": new_id(),
            "enrolment_id": f"enrolment {number}",
            "lesson_id": f"lesson {number}",
            "entry": lesson_logs.document_of(entry),
            "updated_at": utc_now(),
            "revision": 1,
        }
    )


def posting(scene: Scene, seconds: float) -> Measure:
    """Return the load of every learner saving the log of a lesson that nobody has logged yet.

    They come in no order, so that those who save at once stand in different buckets. Each call
    takes the next lesson from the end: what the last call left under way is in nobody's way.
    """
    cohort, ahead = cohorts.get_by_slug(scene.db, scene.cohort), lessons_ahead(scene)
    learners = [
        visitor(place.person_id)
        for place in enrolments.list_for_cohort(scene.db, cohort.id)
        if place.role is Role.LEARNER and place.is_active
    ]
    Random(0).shuffle(learners)
    file = scene.folder / "posts"
    os.environ["DIDIM_BENCH_POSTS"] = str(file)

    def post() -> Sample:
        path = f"/cohorts/{scene.cohort}/lessons/{quote(next(ahead).slug)}/log"
        lines = [f"{path}\t{who.cookie}\t{who.token}" for who in learners]
        file.write_text("\n".join(lines), encoding="utf-8")
        return measured(scene.site.url, scene.roots(scene.site), seconds=seconds, script=POSTING)

    return post


def lessons_ahead(scene: Scene) -> Iterator[Lesson]:
    """Return the lessons from the last one: those lie ahead, and nobody has logged them."""
    cohort = cohorts.get_by_slug(scene.db, scene.cohort)
    return reversed(read_curriculum(scene.db, cohort.id).lessons)


def first_view(scene: Scene) -> float:
    """Return the processor time in ms that the dashboard takes after a log was saved."""
    cohort = cohorts.get_by_slug(scene.db, scene.cohort)
    roots, spent = scene.roots(scene.site), []
    for _ in range(FIRST_VIEWS):
        cohorts.touch(scene.db, cohort.id)
        before = cpu_seconds(roots)
        fetched(scene.dashboard, scene.coach)
        spent.append((cpu_seconds(roots) - before) * 1000)
    return sum(spent) / len(spent)


def middle(samples: list[Sample]) -> Sample:
    """Return the sample whose rate is the middle one."""
    return sorted(samples, key=lambda sample: sample.rate)[len(samples) // 2]


def print_table(seen: dict[str, Sample]) -> None:
    print(f"{'':34}{'a second':>10}{'CPU ms':>9}{'p50 ms':>9}{'p99 ms':>9}{'refused':>9}")
    for name, one in seen.items():
        numbers = f"{one.rate:10.0f}{one.cpu:9.2f}{one.p50:9.1f}{one.p99:9.1f}{one.refused:9}"
        print(f"{name:34}{numbers}")
    print()
    for name, floor in (*COMPARED, (POST, RAW_INSERT)):
        rate = seen[name].rate / seen[floor].rate
        cpu = seen[floor].cpu / seen[name].cpu
        print(f"{name} / {floor}: {rate:.2f} by requests, {cpu:.2f} by processor time")


if __name__ == "__main__":
    main()
