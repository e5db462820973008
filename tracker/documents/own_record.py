"""What learners' own records have in common: saved over a known revision, imported parts beside."""

from contextlib import suppress
from dataclasses import asdict
from datetime import datetime

from pymongo.errors import DocumentTooLarge, DuplicateKeyError, WriteError

from tracker.documents.schema import KEY, Db, Document, many, new_id, record, text, whole
from tracker.errors import Conflict
from tracker.models import Imported, PostId

IMPORTED = many(
    record(
        {
            "post_id": KEY,
            "part": whole(0),
            "title": text(500),
            "kind": KEY,
            "text": text(2**21),
            "html": text(2**23),
        }
    ),
    most=400,
)


def imported_from(document: Document) -> tuple[Imported, ...]:
    return tuple(Imported(**part) for part in document.get("imported", []))


def save_over(
    db: Db, collection: str, key: Document, values: Document, *, revision: int, cohort_id: str
) -> None:
    """Save the values over this revision (0: none yet), in one atomic step.

    Raises Conflict, and writes nothing, if another save came first.
    """
    if revision == 0 and _add(db, collection, {**key, **values, "cohort_id": cohort_id}, 1):
        return
    done = db[collection].update_one(
        {**key, "revision": revision}, {"$set": values, "$inc": {"revision": 1}}
    )
    if done.matched_count == 0:
        raise Conflict


def stand_beside(
    db: Db,
    collection: str,
    key: Document,
    parts: list[Imported],
    *,
    cohort_id: str,
    empty: tuple[str, ...],
    at: datetime,
) -> None:
    """Put the parts of one post beside the record with this key, once.

    Where there is no record, add one whose own texts (the names in `empty`) are still empty.
    """
    imported = [asdict(part) for part in parts]
    values = {**key, **dict.fromkeys(empty, ""), "updated_at": at, "imported": imported}
    if not _add(db, collection, {**values, "cohort_id": cohort_id}, 0):
        push_beside(db, collection, key, parts)


def push_beside(db: Db, collection: str, key: Document, parts: list[Imported]) -> None:
    """Put the parts of one post beside the record that has this key, once."""
    with suppress(DocumentTooLarge, WriteError):  # the record is full: the post keeps its parts
        db[collection].update_one(
            {**key, "imported.post_id": {"$ne": parts[0].post_id}},
            {"$push": {"imported": {"$each": [asdict(part) for part in parts]}}},
        )


def take_away(db: Db, collection: str, enrolment_id: str, post_id: PostId) -> None:
    """Remove the parts of one post from the learner's records; their own words stay."""
    db[collection].update_many(
        {"enrolment_id": enrolment_id, "imported.post_id": post_id},
        {"$pull": {"imported": {"post_id": post_id}}},
    )


def _add(db: Db, collection: str, values: Document, revision: int) -> bool:
    try:
        db[collection].insert_one({"_id": new_id(), "revision": revision, **values})
    except DuplicateKeyError:
        return False
    return True
