"""A learner's own texts beside the logs: the look back on a step, the notes on a project."""

from dataclasses import replace
from datetime import datetime

from tracker.documents import activity, journals, project_notes, retrospectives
from tracker.documents.schema import Db
from tracker.markdown import render
from tracker.models import CohortId, PersonId, ProjectNote, Retrospective


def save_retrospective(
    db: Db, cohort_id: CohortId, retrospective: Retrospective, *, by: PersonId, at: datetime
) -> None:
    """Save the look back over the revision it carries. Raises Conflict if that is not the last."""
    retrospectives.save(db, cohort_id, retrospective, at=at)
    settle_look_back(db, cohort_id, retrospective)
    subject = f"retrospective:{retrospective.enrolment_id}:{retrospective.step_id}"
    activity.add(db, "saved", subject, cohort_id=cohort_id, by=by, at=at)


def settle_look_back(db: Db, cohort_id: CohortId, retrospective: Retrospective) -> None:
    """Let the learner's journal name the step; then nothing is owed. Safe to do again."""
    place, step_id = retrospective.enrolment_id, retrospective.step_id
    journals.look_back(db, place, cohort_id, {step_id})
    retrospectives.clear_owed(db, place, step_id)


def settle_looks_back(db: Db, cohort_id: CohortId) -> int:
    """Pay what looks back owe to the journals of a cohort; return how many did."""
    owed = retrospectives.list_owed(db, cohort_id)
    for retrospective in owed:
        settle_look_back(db, cohort_id, retrospective)
    return len(owed)


def save_project_note(
    db: Db, cohort_id: CohortId, note: ProjectNote, *, by: PersonId, at: datetime
) -> None:
    """Save the note over the revision it carries. Raises Conflict if that is not the last."""
    html = render(note.note) if note.note else ""
    project_notes.save(db, cohort_id, replace(note, note_html=html), at=at)
    subject = f"project:{note.project_id}"
    activity.add(db, "saved", subject, cohort_id=cohort_id, by=by, at=at)
