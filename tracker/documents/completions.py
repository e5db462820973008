"""Lessons that staff set done: in the learner's log, beside an entry that stays as it is.

Like a save, setting done and undoing it are one atomic update that leaves a debt (see lesson_logs);
`completions` counts them, as `revision` counts saves.
"""

from datetime import datetime

from tracker.documents.schema import KEY, MOMENT, Db, Document, record, text, whole
from tracker.models import Completion, LessonLog, LogState, PersonId

FIELDS = {
    "completion": record(
        {
            "by": KEY,
            "by_name": text(100),
            "reason": text(300, least=1),
            "at": MOMENT,
            "own_since": MOMENT,
        }
    ),
    "completions": whole(1),
    "completed_by": KEY,
    "completed_at": MOMENT,
}


def values_of(completion: Completion) -> Document:
    """Return what a log holds from the moment that its lesson is set done, but the count."""
    return {
        "completion": vars(completion),
        "completed_by": completion.by,
        "completed_at": completion.at,
        "state_since": completion.at,
    }


def set_done(db: Db, collection: str, log: LessonLog, completion: Completion) -> bool:
    """Set the lesson done if the log is still as given and owes nothing; tell if it was."""
    return _change(db, collection, log, {"$set": values_of(completion)})


def undo(db: Db, collection: str, log: LessonLog, *, by: PersonId, at: datetime) -> bool:
    """Let the learner's own entry count again, since when it would have; tell if it was done."""
    stays_done = log.entry.state is LogState.DONE
    values = {
        "completed_by": by,
        "completed_at": at,
        "state_since": log.state_since if stays_done else own_since(log),
    }
    return _change(db, collection, log, {"$set": values, "$unset": {"completion": ""}})


def own_since(log: LessonLog) -> datetime:
    """Return when the learner's own entry came into the state that it is in."""
    return log.completion.own_since if log.completion else log.state_since


def as_given(log: LessonLog) -> Document:
    """Return the filter that finds the log only while nobody has changed it."""
    return {"_id": log.id, "revision": log.revision, "completions": log.completions or None}


def completion_from(document: Document) -> Completion | None:
    stored = document.get("completion")
    return Completion(**stored) if stored else None


def _change(db: Db, collection: str, log: LessonLog, change: Document) -> bool:
    owing = {**change, "$set": {**change["$set"], "owed_to": log.cohort_id}}
    done = db[collection].update_one(
        {**as_given(log), "owed_to": None}, {**owing, "$inc": {"completions": 1}}
    )
    return done.matched_count == 1
