"""What 100 cohorts of 1,000 learners weigh, and whether a page takes longer among them.

    .venv/bin/python -m bench.scale [--cohorts 100] [--learners 1000] [--lessons 22] [--whole 3]

Pages of the demo cohort are measured alone and again among its copies: every copy has its people,
places, rows and journals, and the first `--whole` of them all their records. The table below
multiplies the documents of a whole cohort. docs/scaling.md tells what follows.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import bson

from bench.dashboard import Scene, fetched, lessons_ahead, scene_of
from bench.load import cpu_seconds
from bench.visitors import visitor
from tracker.documents import (
    activity,
    cohorts,
    comments,
    jobs_done,
    leases,
    lesson_logs,
    log_revisions,
    people,
)
from tracker.documents.preparing import COLLECTIONS
from tracker.documents.schema import BATCH, Db, Document, batches
from tracker.use_cases.demo import LEARNER

ID = re.compile("[0-9a-f]{24}")
OF_THE_MACHINE = {jobs_done.NAME, leases.NAME}
RECORDS = {activity.NAME, comments.NAME, lesson_logs.NAME, log_revisions.NAME}
TIMES = 200
ENTRY = 12
"""Bytes that an index entry takes beside its key, before WiredTiger compresses prefixes."""


@dataclass
class Weight:
    """One collection of one cohort: its documents, their bytes, the largest, its index entries."""

    count: int = 0
    size: int = 0
    largest: int = 0
    indexes: int = 0


def main() -> None:
    """Measure alone, copy, measure again; print both and the weights."""
    options = arguments()
    with scene_of(options.learners, options.lessons, 0) as scene:
        originals = {name: list(scene.db[name].find()) for name in names()}
        alone = measured(scene)
        for number in range(1, options.cohorts):
            add_copy(scene.db, originals, scene.cohort, number, whole=number <= options.whole)
        print_pages(alone, measured(scene), options.cohorts)
        print_weights(originals, options.cohorts)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.scale", description=__doc__)
    parser.add_argument("--cohorts", type=int, default=100)
    parser.add_argument("--learners", type=int, default=1000)
    parser.add_argument("--lessons", type=int, default=22)
    parser.add_argument("--whole", type=int, default=3, help="copies with all their records")
    return parser.parse_args()


def names() -> list[str]:
    return [module.NAME for module in COLLECTIONS if module.NAME not in OF_THE_MACHINE]


def add_copy(
    db: Db, originals: dict[str, list[Document]], slug: str, number: int, *, whole: bool
) -> None:
    """Add the cohort once more, under ids, an address and e-mails of its own."""
    for name, documents in originals.items():
        if whole or name not in RECORDS:
            for batch in batches(documents, BATCH):
                db[name].insert_many(
                    [copied(one, slug, number) for one in batch], bypass_document_validation=True
                )


def copied(value: Any, slug: str, number: int) -> Any:
    """Return the value with another id for every id in it, the same for the same."""
    if isinstance(value, dict):
        return {copied(key, slug, number): copied(one, slug, number) for key, one in value.items()}
    if isinstance(value, list):
        return [copied(one, slug, number) for one in value]
    if not isinstance(value, str):
        return value
    if value == slug or value.endswith("@demo.example"):
        return f"{number}-{value}"
    return ID.sub(lambda found: sha256(f"{number}{found[0]}".encode()).hexdigest()[:24], value)


def measured(scene: Scene) -> dict[str, float]:
    """Return processor time in ms of all servers for each page, one request after the other."""
    slug, cohort = scene.cohort, cohorts.get_by_slug(scene.db, scene.cohort)
    person_id, ahead = people.get_by_email(scene.db, LEARNER).id, next(lessons_ahead(scene))
    learner, lesson = visitor(person_id), f"/cohorts/{slug}/lessons/{quote(ahead.slug)}"
    saves = count(revision_of(scene, person_id, ahead.id))

    def page(path: str, who: Any = learner) -> Callable[[], object]:
        return lambda: fetched(scene.site.url + path, who)

    def first_view() -> None:
        cohorts.touch(scene.db, cohort.id)
        fetched(scene.dashboard, scene.coach)

    def save() -> None:
        form = {"state": "done", "line": "joins", "understanding": 4, "pace": "right"}
        form |= {"revision": next(saves), "csrf_token": learner.token}
        body = urlencode(form | {"minutes": 50, "key_points": "", "note": ""}).encode()
        request = Request(f"{scene.site.url}{lesson}/log", body, headers=learner.headers)
        with urlopen(request) as answer:
            assert answer.url.startswith(scene.site.url + lesson)

    tasks = {
        "dashboard": page(f"/cohorts/{slug}/dashboard", scene.coach),
        "dashboard after a write": first_view,
        "matrix.json": page(f"/cohorts/{slug}/dashboard/matrix.json", scene.coach),
        "Today": page(f"/cohorts/{slug}/"),
        "lesson": page(lesson),
        "learner's page": page(scene.learner_page.removeprefix(scene.site.url), scene.coach),
        "help, staff": page(f"/cohorts/{slug}/help", scene.coach),
        "people": page(f"/cohorts/{slug}/people", scene.coach),
        "saving a log": save,
    }
    return {name: processor_time(scene, task) for name, task in tasks.items()}


def processor_time(scene: Scene, task: Callable[[], object]) -> float:
    """Return ms a call, after some calls that fill what processes keep."""
    for _ in range(8):
        task()
    roots = scene.roots(scene.site)
    before = cpu_seconds(roots)
    for _ in range(TIMES):
        task()
    return (cpu_seconds(roots) - before) * 1000 / TIMES


def print_pages(alone: dict[str, float], among: dict[str, float], number: int) -> None:
    print(f"{'processor time of all servers, ms':36}{'alone':>9}{f'of {number}':>9}{'ratio':>8}")
    for name, before in alone.items():
        print(f"{name:36}{before:9.2f}{among[name]:9.2f}{among[name] / before:8.2f}")


def print_weights(originals: dict[str, list[Document]], number: int) -> None:
    """Print what one cohort holds and, for all, documents, MB of data and of indexes."""
    print(f"\n{'':20}{'a cohort':>10}{'bytes each':>12}{'largest':>10}", end="")
    print(f"{'documents':>14}{'MB':>9}{'index MB':>10}")
    total = Weight()
    for module in COLLECTIONS:
        one = weight_of(
            originals.get(module.NAME, []), [keys_of(index) for index in module.INDEXES]
        )
        if one.count:
            mean = one.size / one.count
            print(f"{module.NAME:20}{one.count:10,}{mean:12,.0f}{one.largest:10,}", end="")
            print_all(one, number)
        total.count, total.size = total.count + one.count, total.size + one.size
        total.indexes += one.indexes
    print(f"{'together':20}{total.count:10,}{'':22}", end="")
    print_all(total, number)


def print_all(one: Weight, number: int) -> None:
    data, indexes = one.size * number / 1e6, one.indexes * number / 1e6
    print(f"{one.count * number:14,}{data:9,.0f}{indexes:10,.0f}")


def keys_of(index: Any) -> list[str]:
    return list(index.document["key"])


def weight_of(documents: list[Document], indexes: list[list[str]]) -> Weight:
    """Weigh the documents; an index entry is its key as BSON and ENTRY bytes."""
    one = Weight()
    for document in documents:
        size = len(bson.encode(document))
        one.count, one.size, one.largest = one.count + 1, one.size + size, max(one.largest, size)
        for fields in [["_id"], *indexes]:
            key = {field: document.get(field) for field in fields}
            one.indexes += ENTRY + len(bson.encode(key)) - sum(map(len, fields))
    return one


def revision_of(scene: Scene, person_id: str, lesson_id: str) -> int:
    """Return the revision of the person's log of this lesson, 0 without one."""
    place = scene.db["enrolments"].find_one({"person_id": person_id})
    assert place is not None
    key = {"enrolment_id": place["_id"], "lesson_id": lesson_id}
    found = scene.db[lesson_logs.NAME].find_one(key)
    return int(found["revision"]) if found else 0


if __name__ == "__main__":
    main()
