"""Learners' own notes on projects."""

from datetime import datetime

from pymongo import ASCENDING, IndexModel

from tracker.documents.own_record import IMPORTED, imported_from, save_over, stand_beside
from tracker.documents.schema import KEY, MOMENT, Db, Document, record, text, whole
from tracker.models import CohortId, EnrolmentId, Imported, ProjectId, ProjectNote

NAME = "project_notes"
INDEXES = [
    # One note for each learner and project; serves the project's page.
    IndexModel(
        [("enrolment_id", ASCENDING), ("project_id", ASCENDING)],
        name="one_note_per_learner_and_project",
        unique=True,
    ),
]
SCHEMA = record(
    {
        "_id": KEY,
        "enrolment_id": KEY,
        "cohort_id": KEY,
        "project_id": KEY,
        "note": text(),
        "note_html": text(2**23),
        "revision": whole(0),
        "updated_at": MOMENT,
    },
    {"imported": IMPORTED},
)


def note_from(document: Document) -> ProjectNote:
    return ProjectNote(
        enrolment_id=EnrolmentId(document["enrolment_id"]),
        project_id=ProjectId(document["project_id"]),
        note=document["note"],
        note_html=document["note_html"],
        revision=document["revision"],
        updated_at=document["updated_at"],
        imported=imported_from(document),
    )


def find_for(db: Db, enrolment_id: EnrolmentId, project_id: ProjectId) -> ProjectNote | None:
    document = db[NAME].find_one({"enrolment_id": enrolment_id, "project_id": project_id})
    return note_from(document) if document else None


def list_for_learner(db: Db, enrolment_id: EnrolmentId) -> list[ProjectNote]:
    return [note_from(document) for document in db[NAME].find({"enrolment_id": enrolment_id})]


def save(db: Db, cohort_id: CohortId, note: ProjectNote, *, at: datetime) -> None:
    """Save it over the revision that it carries. Raises Conflict if another save came first."""
    values = {"note": note.note, "note_html": note.note_html, "updated_at": at}
    key = {"enrolment_id": note.enrolment_id, "project_id": note.project_id}
    save_over(db, NAME, key, values, revision=note.revision, cohort_id=cohort_id)


def add_imported(
    db: Db,
    cohort_id: CohortId,
    enrolment_id: EnrolmentId,
    project_id: ProjectId,
    parts: list[Imported],
    *,
    at: datetime,
) -> None:
    """Let the parts of a post stand beside the learner's own note, once."""
    key = {"enrolment_id": enrolment_id, "project_id": project_id}
    empty = ("note", "note_html")
    stand_beside(db, NAME, key, parts, cohort_id=cohort_id, empty=empty, at=at)
