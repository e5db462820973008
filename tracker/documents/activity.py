"""Who did what, when: append-only, without any text that people wrote."""

from datetime import datetime

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from tracker.documents.schema import (
    KEY,
    MOMENT,
    Db,
    Document,
    insert_new,
    maybe,
    missing_ids,
    new_id,
    record,
    text,
)
from tracker.models import CohortId, LessonLog, PersonId

NAME = "activity"
INDEXES = [
    # What happened in a cohort, always read between two moments.
    IndexModel([("cohort_id", ASCENDING), ("at", ASCENDING)], name="activity_of_a_cohort"),
]
SCHEMA = record(
    {
        "_id": KEY,
        "cohort_id": maybe(KEY),
        "at": MOMENT,
        "actor_id": KEY,
        "verb": text(60, least=1),
        "subject": text(200, least=1),
    }
)


def add(
    db: Db,
    verb: str,
    subject: str,
    *,
    cohort_id: CohortId | None,
    by: PersonId,
    at: datetime,
    key: str = "",
) -> None:
    """Tell that `by` did `verb` to `subject`, for example "saved" "log:65f…".

    With a `key` the same deed is told once, however often this is called.
    """
    document = {
        "_id": key or new_id(),
        "cohort_id": cohort_id,
        "at": at,
        "actor_id": by,
        "verb": verb,
        "subject": subject,
    }
    try:
        db[NAME].insert_one(document)
    except DuplicateKeyError:
        return


def add_many(
    db: Db, verb: str, subjects: list[str], *, cohort_id: CohortId, by: PersonId, at: datetime
) -> None:
    """Tell that `by` did the same to each of the subjects."""
    common = {"cohort_id": cohort_id, "at": at, "actor_id": by, "verb": verb}
    insert_new(db, NAME, [{"_id": new_id(), "subject": one, **common} for one in subjects])


def add_saves(db: Db, logs: list[LessonLog], keys: list[str]) -> None:
    """Tell the save of each log under its key; what was told already stays as it is."""
    insert_new(
        db,
        NAME,
        [
            {
                "_id": key,
                "cohort_id": log.cohort_id,
                "at": log.updated_at,
                "actor_id": log.updated_by,
                "verb": "saved",
                "subject": f"log:{log.id}",
            }
            for log, key in zip(logs, keys, strict=True)
        ],
    )


def has(db: Db, key: str) -> bool:
    return db[NAME].find_one({"_id": key}, {"_id": 1}) is not None


def missing(db: Db, keys: list[str]) -> list[str]:
    """Return those of the keys under which nothing was told."""
    return missing_ids(db, NAME, keys)


def list_between(db: Db, cohort_id: CohortId, since: datetime, until: datetime) -> list[Document]:
    """Return what happened in the cohort from `since` up to `until`, oldest first."""
    found = db[NAME].find({"cohort_id": cohort_id, "at": {"$gte": since, "$lt": until}})
    return list(found.sort("at", ASCENDING))
