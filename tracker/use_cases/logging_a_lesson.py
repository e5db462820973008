"""A learner logs a lesson: one line is enough, a note may grow later."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from threading import Lock
from weakref import WeakKeyDictionary

from tracker.documents import lesson_logs
from tracker.documents.schema import Db, new_id
from tracker.errors import Conflict
from tracker.markdown import render
from tracker.models import (
    Enrolment,
    EnrolmentId,
    Lesson,
    LessonId,
    LessonLog,
    LogEntry,
    LogId,
    LogState,
    PersonId,
    PostId,
)
from tracker.together import Together
from tracker.use_cases.settling_logs import Owing, settle_logs, settled_log


@dataclass(frozen=True)
class _Save:
    """What is to be saved over the revision that the learner saw."""

    enrolment: Enrolment
    lesson: Lesson
    entry: LogEntry
    note_html: str
    revision: int
    by: PersonId
    at: datetime
    from_post: PostId | None

    @property
    def key(self) -> tuple[EnrolmentId, LessonId]:
        return self.enrolment.id, self.lesson.id


LONG = 100_000
"""Characters of a note's HTML; such a save is made by itself, and holds up nobody else's."""

_at_once: WeakKeyDictionary[Db, Together[_Save, bool]] = WeakKeyDictionary()
_guard = Lock()


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

    Saves that come at the same moment are made together: setting the figures of one costs as much
    as of all. `from_post` says that an import made this entry, not the learner.
    Raises Conflict, and writes nothing, if another save came in between.
    """
    note_html = render(entry.note) if entry.note else ""
    save = _Save(enrolment, lesson, entry, note_html, revision, by, at, from_post)
    if len(note_html) > LONG:
        (is_saved,) = _save_all(db, [save])
    else:
        with _guard:
            together = _at_once.setdefault(db, Together())
        is_saved = together.do(save, partial(_save_all, db))
    if not is_saved:
        raise Conflict


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


def _save_all(db: Db, saves: list[_Save]) -> list[bool]:
    """Save these entries and settle them; tell of each if it was saved."""
    first = [_first(save) for save in saves if save.revision == 0]
    made = {(log.enrolment_id, log.lesson_id): log for log in lesson_logs.add(db, first)}
    logs = [made.pop(save.key, None) or _changed(db, save) for save in saves]
    owing = [
        Owing(log.id, save.enrolment, save.lesson.cell)
        for save, log in zip(saves, logs, strict=True)
        if log is not None
    ]
    if owing:
        settle_logs(db, owing)
    return [log is not None for log in logs]


def _first(save: _Save) -> LessonLog:
    return LessonLog(
        id=LogId(new_id()),
        enrolment_id=save.enrolment.id,
        cohort_id=save.enrolment.cohort_id,
        lesson_id=save.lesson.id,
        entry=save.entry,
        note_html=save.note_html,
        revision=1,
        updated_at=save.at,
        updated_by=save.by,
        state_since=save.at,
        owed=True,
        from_post=save.from_post,
    )


def _changed(db: Db, save: _Save) -> LessonLog | None:
    """Return the log with this entry; None, with nothing written, if its revision is another."""
    log = settled_log(db, save.enrolment, save.lesson)
    if log is None or log.revision != save.revision:
        return None
    return lesson_logs.change(
        db,
        log,
        save.entry,
        note_html=save.note_html,
        by=save.by,
        at=save.at,
        from_post=save.from_post,
    )
