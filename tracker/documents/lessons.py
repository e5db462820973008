"""Lessons; each keeps its key, its slug and its cell in the learners' marks for ever."""

from datetime import date

from pymongo import ASCENDING, IndexModel

from tracker.documents.curriculum_part import archive_parts, put_part
from tracker.documents.schema import (
    DAY,
    FLAG,
    KEY,
    Db,
    Document,
    day_from,
    many,
    record,
    text,
    whole,
)
from tracker.errors import Taken
from tracker.models import CohortId, Lesson, LessonId

NAME = "lessons"
INDEXES = [
    # A lesson keeps its key over every import; serves the curriculum of a cohort.
    IndexModel(
        [("cohort_id", ASCENDING), ("key", ASCENDING)], name="one_lesson_per_key", unique=True
    ),
    # The address of a lesson within its cohort.
    IndexModel(
        [("cohort_id", ASCENDING), ("slug", ASCENDING)], name="one_lesson_per_slug", unique=True
    ),
]
SCHEMA = record(
    {
        "_id": KEY,
        "cohort_id": KEY,
        "key": text(80, least=1),
        "slug": text(80, least=1),
        "step_number": whole(0, 99),
        "title": text(200, least=1),
        "outline": many(text(300), most=60),
        "starts_on": DAY,
        "ends_on": DAY,
        "hours": {"bsonType": ["int", "long", "double"], "minimum": 0, "maximum": 1000},
        "position": whole(0, 9999),
        "cell": whole(0, 9999),
        "archived": FLAG,
    },
    {"changed_in": whole(0)},
)


def lesson_from(document: Document) -> Lesson:
    return Lesson(
        id=LessonId(document["_id"]),
        key=document["key"],
        slug=document["slug"],
        step_number=document["step_number"],
        title=document["title"],
        outline=tuple(document["outline"]),
        starts_on=day_from(document["starts_on"]),
        ends_on=day_from(document["ends_on"]),
        hours=document["hours"],
        position=document["position"],
        cell=document["cell"],
        archived=document["archived"],
    )


def put(
    db: Db,
    cohort_id: CohortId,
    *,
    key: str,
    slug: str,
    cell: int,
    step_number: int,
    title: str,
    outline: list[str],
    starts_on: date,
    ends_on: date,
    hours: float,
    position: int,
    version: int = 0,
) -> None:
    """Create the lesson with this key, or set what is named here; it is no longer archived.

    `slug` and `cell` count only when it is created: what exists keeps its own. Raises
    Taken("slug") if another lesson got the slug at the same moment.
    """
    values = {
        "step_number": step_number,
        "title": title,
        "outline": outline,
        "starts_on": starts_on.isoformat(),
        "ends_on": ends_on.isoformat(),
        "hours": hours,
        "position": position,
    }
    first = {"slug": slug, "cell": cell}
    if not put_part(db, NAME, cohort_id, key, values, version=version, first=first):
        raise Taken("slug")


def list_for_cohort(db: Db, cohort_id: CohortId) -> list[Lesson]:
    """Return the cohort's lessons, archived ones too, in the order of the curriculum."""
    found = db[NAME].find({"cohort_id": cohort_id})
    return sorted(map(lesson_from, found), key=lambda lesson: lesson.position)


def archive(db: Db, cohort_id: CohortId, keys: list[str], *, version: int = 0) -> None:
    archive_parts(db, NAME, cohort_id, keys, version=version)
