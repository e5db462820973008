"""The numbered parts of a cohort."""

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
    record,
    text,
    whole,
)
from tracker.models import CohortId, Step, StepId

NAME = "steps"
INDEXES = [
    # A step keeps its key over every import; serves the curriculum of a cohort.
    IndexModel(
        [("cohort_id", ASCENDING), ("key", ASCENDING)], name="one_step_per_key", unique=True
    ),
]
SCHEMA = record(
    {
        "_id": KEY,
        "cohort_id": KEY,
        "key": text(80, least=1),
        "number": whole(0, 99),
        "title": text(200, least=1),
        "starts_on": DAY,
        "ends_on": DAY,
        "archived": FLAG,
    },
    {"changed_in": whole(0)},
)


def step_from(document: Document) -> Step:
    return Step(
        id=StepId(document["_id"]),
        key=document["key"],
        number=document["number"],
        title=document["title"],
        starts_on=day_from(document["starts_on"]),
        ends_on=day_from(document["ends_on"]),
        archived=document["archived"],
    )


def put(
    db: Db,
    cohort_id: CohortId,
    *,
    key: str,
    number: int,
    title: str,
    starts_on: date,
    ends_on: date,
    version: int = 0,
) -> None:
    """Create the step with this key, or set what is named here; it is no longer archived."""
    values = {
        "number": number,
        "title": title,
        "starts_on": starts_on.isoformat(),
        "ends_on": ends_on.isoformat(),
    }
    put_part(db, NAME, cohort_id, key, values, version=version)


def list_for_cohort(db: Db, cohort_id: CohortId) -> list[Step]:
    """Return the cohort's steps, archived ones too, in the order of their numbers."""
    found = db[NAME].find({"cohort_id": cohort_id})
    return sorted(map(step_from, found), key=lambda step: step.number)


def archive(db: Db, cohort_id: CohortId, keys: list[str], *, version: int = 0) -> None:
    archive_parts(db, NAME, cohort_id, keys, version=version)
