"""A learner logs a lesson: one line is enough, a note may grow later."""

from dataclasses import replace
from datetime import datetime

from tracker.documents import lesson_logs, marks
from tracker.documents.schema import Db
from tracker.errors import Conflict
from tracker.markdown import render
from tracker.models import Enrolment, Lesson, LessonLog, LogEntry, LogState, PersonId, PostId
from tracker.use_cases.settling import settle_log


def log_lesson(
    db: Db,
    enrolment: Enrolment,
    lesson: Lesson,
    entry: LogEntry,
    *,
    revision: int,
    by: PersonId,
    at: datetime,
    from_post: PostId | None = None,
) -> None:
    """Save the entry over the revision that the learner saw (0: none yet), and set the figures.

    `from_post` says that an import made this entry, not the learner.
    Raises Conflict, and writes nothing, if another save came in between.
    """
    row = marks.find_row(db, enrolment)
    log = lesson_logs.find_for(db, enrolment.id, lesson.id)
    if log is not None and log.owed:
        settle_log(db, log, enrolment, lesson.cell)
        row = marks.find_row(db, enrolment)
        log = lesson_logs.find_for(db, enrolment.id, lesson.id)
    if (log.revision if log else 0) != revision:
        raise Conflict
    saved = _save(db, enrolment, lesson, log, entry, by=by, at=at, from_post=from_post)
    if saved is None:
        raise Conflict
    settle_log(db, saved, enrolment, lesson.cell, row)


def _save(
    db: Db,
    enrolment: Enrolment,
    lesson: Lesson,
    log: LessonLog | None,
    entry: LogEntry,
    *,
    by: PersonId,
    at: datetime,
    from_post: PostId | None,
) -> LessonLog | None:
    note_html = render(entry.note) if entry.note else ""
    if log is not None:
        return lesson_logs.change(
            db, log, entry, note_html=note_html, by=by, at=at, from_post=from_post
        )
    return lesson_logs.add(
        db,
        enrolment_id=enrolment.id,
        cohort_id=enrolment.cohort_id,
        lesson_id=lesson.id,
        entry=entry,
        note_html=note_html,
        by=by,
        at=at,
        from_post=from_post,
    )


def log_line(
    db: Db,
    enrolment: Enrolment,
    lesson: Lesson,
    *,
    state: LogState,
    line: str,
    revision: int,
    at: datetime,
) -> None:
    """Save the state and the one line, and leave the rest of the log as it is.

    Raises Conflict, and writes nothing, if another save came in between.
    """
    log = lesson_logs.find_for(db, enrolment.id, lesson.id)
    entry = log.entry if log else LogEntry(state=state)
    log_lesson(
        db,
        enrolment,
        lesson,
        replace(entry, state=state, line=line),
        revision=revision,
        by=enrolment.person_id,
        at=at,
    )
