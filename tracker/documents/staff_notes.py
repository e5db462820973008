"""Notes of staff on a learner, for staff alone; a deleted one is only marked."""

from datetime import datetime

from pymongo import DESCENDING, IndexModel

from tracker.documents.schema import KEY, MOMENT, Db, Document, maybe, new_id, record, text, whole
from tracker.errors import Conflict, NotFound
from tracker.models import CohortId, Enrolment, EnrolmentId, NoteId, Person, PersonId, StaffNote

NAME = "staff_notes"
LIMIT = 100
INDEXES = [
    # The notes on one learner, the newest first; serves the learner's page.
    IndexModel([("enrolment_id", 1), ("created_at", DESCENDING)], name="notes_on_a_learner"),
]
SCHEMA = record(
    {
        "_id": KEY,
        "cohort_id": KEY,
        "enrolment_id": KEY,
        "author_id": KEY,
        "author_name": text(100),
        "text": text(5_000, least=1),
        "created_at": MOMENT,
        "edited_at": maybe(MOMENT),
        "deleted_at": maybe(MOMENT),
    },
    {"revision": whole(1)},
)


def note_from(document: Document) -> StaffNote:
    return StaffNote(
        id=NoteId(document["_id"]),
        enrolment_id=EnrolmentId(document["enrolment_id"]),
        author_id=PersonId(document["author_id"]),
        author_name=document["author_name"],
        text=document["text"],
        created_at=document["created_at"],
        edited_at=document["edited_at"],
        deleted_at=document["deleted_at"],
        revision=document.get("revision", 0),
    )


def add(db: Db, place: Enrolment, author: Person, words: str, *, at: datetime) -> StaffNote:
    """Add a note; the author's name is kept as it was when they wrote."""
    document = {
        "_id": new_id(),
        "cohort_id": place.cohort_id,
        "enrolment_id": place.id,
        "author_id": author.id,
        "author_name": author.name,
        "text": words,
        "created_at": at,
        "edited_at": None,
        "deleted_at": None,
    }
    db[NAME].insert_one(document)
    return note_from(document)


def get(db: Db, cohort_id: CohortId, note_id: NoteId) -> StaffNote:
    """Return a note of the cohort, a deleted one too. Raises NotFound."""
    document = db[NAME].find_one({"_id": note_id, "cohort_id": cohort_id})
    if document is None:
        raise NotFound("staff note", note_id)
    return note_from(document)


def list_for_learner(db: Db, enrolment_id: EnrolmentId) -> list[StaffNote]:
    """Return the last LIMIT notes on a learner, the newest first, without deleted ones."""
    found = db[NAME].find({"enrolment_id": enrolment_id, "deleted_at": None})
    return [note_from(document) for document in found.sort("created_at", DESCENDING).limit(LIMIT)]


def edit(db: Db, note_id: NoteId, words: str, *, revision: int, at: datetime) -> None:
    """Replace the text that was read at this revision (0: never edited).

    Raises Conflict if it was edited since, or is deleted.
    """
    as_read = {"_id": note_id, "revision": revision or None, "deleted_at": None}
    change = {"$set": {"text": words, "edited_at": at}, "$inc": {"revision": 1}}
    if db[NAME].update_one(as_read, change).matched_count == 0:
        raise Conflict


def set_deleted(db: Db, note_id: NoteId, at: datetime | None) -> None:
    """Mark the note as deleted at a moment, or bring it back (None)."""
    db[NAME].update_one({"_id": note_id}, {"$set": {"deleted_at": at}})
