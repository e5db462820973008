"""Staff note something on a learner; only its author changes a note."""

from datetime import datetime

from tracker.documents import activity, staff_notes
from tracker.documents.schema import Db
from tracker.errors import Refused
from tracker.models import Enrolment, EnrolmentId, NoteId, Reader, StaffNote


def add_note(db: Db, reader: Reader, place: Enrolment, words: str, *, at: datetime) -> None:
    staff_notes.add(db, place, reader.person, words, at=at)
    _tell(db, reader, "noted", place.id, at=at)


def own_note(db: Db, reader: Reader, note_id: NoteId) -> StaffNote:
    """Return the reader's own note. Raises NotFound, or Refused for another's."""
    note = staff_notes.get(db, reader.cohort.id, note_id)
    if note.author_id != reader.person.id:
        raise Refused("only its author may change a note")
    return note


def edit_note(
    db: Db, reader: Reader, note: StaffNote, words: str, *, revision: int, at: datetime
) -> None:
    """Replace what the reader read at this revision. Raises Conflict if it is not so any more."""
    staff_notes.edit(db, note.id, words, revision=revision, at=at)
    _tell(db, reader, "edited_note", note.enrolment_id, at=at)


def delete_note(db: Db, reader: Reader, note: StaffNote, *, at: datetime) -> None:
    """Mark the note as deleted; its author may bring it back."""
    staff_notes.set_deleted(db, note.id, at)
    _tell(db, reader, "deleted_note", note.enrolment_id, at=at)


def restore_note(db: Db, reader: Reader, note: StaffNote, *, at: datetime) -> None:
    staff_notes.set_deleted(db, note.id, None)
    _tell(db, reader, "restored_note", note.enrolment_id, at=at)


def _tell(db: Db, reader: Reader, verb: str, place: EnrolmentId, *, at: datetime) -> None:
    subject = f"enrolment:{place}"
    activity.add(db, verb, subject, cohort_id=reader.cohort.id, by=reader.person.id, at=at)
