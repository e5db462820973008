"""Who did what, when: append-only, without any text that people wrote."""

from datetime import datetime, timedelta

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from tracker.documents.schema import (
    KEY,
    MOMENT,
    Db,
    Document,
    batches,
    insert_new,
    maybe,
    missing_ids,
    new_id,
    record,
    text,
)
from tracker.models import CohortId, Deed, LessonLog, PersonId

NAME = "activity"
INDEXES = [
    # What happened in a cohort, always read between two moments.
    IndexModel([("cohort_id", ASCENDING), ("at", ASCENDING)], name="activity_of_a_cohort"),
    # The same of one person, and of one kind; serve the filters of the managers' page.
    IndexModel(
        [("cohort_id", ASCENDING), ("actor_id", ASCENDING), ("at", ASCENDING)],
        name="activity_of_a_person",
    ),
    IndexModel(
        [("cohort_id", ASCENDING), ("verb", ASCENDING), ("at", ASCENDING)],
        name="activity_of_a_kind",
    ),
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


def actors_among(
    db: Db, cohort_id: CohortId, ids: list[PersonId], *, since: datetime, but: str
) -> set[PersonId]:
    """Return those of the people who did anything in the cohort, but to the subject `but`."""
    there: set[PersonId] = set()
    for batch in batches(ids):
        which = {"cohort_id": cohort_id, "actor_id": {"$in": batch}}
        which |= {"at": {"$gte": since}, "subject": {"$ne": but}}
        there.update(PersonId(each["actor_id"]) for each in db[NAME].find(which, {"actor_id": 1}))
    return there


def list_newest(
    db: Db,
    cohort_id: CohortId,
    since: datetime,
    until: datetime,
    *,
    most: int,
    actor_id: PersonId | None = None,
    verb: str = "",
) -> list[Deed]:
    """Return the newest `most` deeds from `since` up to `until`, the newest first.

    The last day is asked for by itself: where much happens, it holds enough, and the rest is
    not gathered.
    """
    which: Document = {"cohort_id": cohort_id}
    which |= {"actor_id": actor_id} if actor_id else {}
    which |= {"verb": verb} if verb else {}
    found: list[Document] = []
    for start in sorted({max(since, until - timedelta(days=1)), since}, reverse=True):
        span = {"at": {"$gte": start, "$lt": until}}
        newest = db[NAME].find({**which, **span}, batch_size=most).sort("at", DESCENDING)
        found = list(newest.limit(most))
        if len(found) == most:
            break
    return [
        Deed(each["at"], PersonId(each["actor_id"]), each["verb"], each["subject"])
        for each in found
    ]


def list_between(db: Db, cohort_id: CohortId, since: datetime, until: datetime) -> list[Document]:
    """Return what happened in the cohort from `since` up to `until`, oldest first."""
    found = db[NAME].find({"cohort_id": cohort_id, "at": {"$gte": since, "$lt": until}})
    return list(found.sort("at", ASCENDING))


def keys_since(db: Db, prefix: str, since: datetime) -> list[str]:
    """Return the keys with this beginning of what was done since then (for restores)."""
    found = db[NAME].find({"at": {"$gte": since}}, {"_id": 1})
    return [each["_id"] for each in found if each["_id"].startswith(prefix)]


def remove(db: Db, keys: list[str]) -> None:
    """Forget what was told under these keys (for restores: those deeds are not in the copy)."""
    for batch in batches(keys):
        db[NAME].delete_many({"_id": {"$in": batch}})
