"""Staff set a learner's lesson done, with a reason, and undo it; the learner's entry stays."""

from datetime import datetime

from tracker.documents import completions, lesson_logs
from tracker.documents.schema import Db, new_id
from tracker.errors import Conflict
from tracker.models import (
    Completion,
    Enrolment,
    Lesson,
    LessonLog,
    LogEntry,
    LogId,
    LogState,
    Reader,
)
from tracker.use_cases.settling_logs import settled_log

TRIES = 5


def set_done(
    db: Db, reader: Reader, enrolment: Enrolment, lesson: Lesson, *, reason: str, at: datetime
) -> None:
    """Set the lesson done, whatever the learner's own entry says.

    Raises Conflict if it is done already, or others keep changing it.
    """
    for _ in range(TRIES):
        log = settled_log(db, enrolment, lesson)
        if log is not None and log.state is LogState.DONE:
            break
        completion = Completion(
            by=reader.person.id,
            by_name=reader.person.name,
            reason=reason,
            at=at,
            own_since=log.state_since if log else at,
        )
        if _stands(db, enrolment, lesson, log, completion):
            settled_log(db, enrolment, lesson)
            return
    raise Conflict


def undo_done(
    db: Db, reader: Reader, enrolment: Enrolment, lesson: Lesson, *, at: datetime
) -> None:
    """Let the learner's own entry count again. Raises Conflict if it does already."""
    for _ in range(TRIES):
        log = settled_log(db, enrolment, lesson)
        if log is None or log.completion is None:
            break
        if completions.undo(db, lesson_logs.NAME, log, by=reader.person.id, at=at):
            settled_log(db, enrolment, lesson)
            return
    raise Conflict


def _stands(
    db: Db, enrolment: Enrolment, lesson: Lesson, log: LessonLog | None, completion: Completion
) -> bool:
    if log is not None:
        return completions.set_done(db, lesson_logs.NAME, log, completion)
    first = LessonLog(
        id=LogId(new_id()),
        enrolment_id=enrolment.id,
        cohort_id=enrolment.cohort_id,
        lesson_id=lesson.id,
        entry=LogEntry(LogState.NOT_STARTED),
        note_html="",
        revision=0,  # the learner has saved nothing yet
        updated_at=completion.at,
        updated_by=completion.by,
        state_since=completion.at,
        owed=True,
        completion=completion,
        completions=1,
    )
    return bool(lesson_logs.add(db, [first]))
