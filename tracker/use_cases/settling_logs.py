"""Pays what logs owe to the figures that are derived from them, many logs at once.

A row costs as much to set as its bucket is large, whether one row changes or twenty.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.documents import (
    activity,
    cohorts,
    enrolments,
    journals,
    lesson_logs,
    log_revisions,
    marks,
)
from tracker.documents.schema import Db, batches
from tracker.models import CohortId, Enrolment, EnrolmentId, Lesson, LessonLog, LogId, Row
from tracker.rules.figures import with_log
from tracker.use_cases.settling import cells_of, settle_rows


@dataclass(frozen=True)
class Owing:
    """A log that may owe something: whose it is, and the cell of its lesson."""

    log_id: LogId
    enrolment: Enrolment
    cell: int


def settled_log(db: Db, enrolment: Enrolment, lesson: Lesson) -> LessonLog | None:
    """Return the learner's log of the lesson, if there is one, once all that it owed is paid."""
    log = lesson_logs.find_for(db, enrolment.id, lesson.id)
    if log is not None and log.owed:
        settle_logs(db, [Owing(log.id, enrolment, lesson.cell)])
        log = lesson_logs.find_for(db, enrolment.id, lesson.id)
    return log


def settle_owed_logs(db: Db, cohort_id: CohortId) -> int:
    """Settle every log of the cohort that owes something; return how many did."""
    logs = lesson_logs.list_owed(db, cohort_id)
    if logs:
        cells = cells_of(db, cohort_id)
        ids = list({log.enrolment_id for log in logs})
        places = {place.id: place for place in enrolments.list_by_id(db, cohort_id, ids)}
        owing = [Owing(log.id, places[log.enrolment_id], cells[log.lesson_id]) for log in logs]
        for batch in batches(owing):
            settle_logs(db, batch)
    return len(logs)


def settle_logs(db: Db, logs: list[Owing]) -> None:
    """Keep the former entries, tell the activity, set marks and journals; then nothing is owed.

    Rows are read before logs: then the `seq` of a row that is set over proves that no newer mark
    was set in between. What is overtaken is read again; what owes nothing any more is left alone.
    """
    ids = [each.log_id for each in logs]
    buckets: defaultdict[tuple[CohortId, int], list[Owing]] = defaultdict(list)
    for each in logs:
        buckets[each.enrolment.cohort_id, each.enrolment.bucket].append(each)
    while True:
        rows = {
            key: marks.find_rows(db, [each.enrolment for each in bucket])
            for key, bucket in buckets.items()
        }
        owed = {log.id: log for log in lesson_logs.list_owed_among(db, ids)}
        if not owed:
            return
        _keep_history(db, list(owed.values()))
        are_set = True
        for key, bucket in buckets.items():
            are_set &= _set_rows(db, rows[key], bucket, owed)
        for cohort_id, numbers in _by_cohort(buckets).items():
            cohorts.touch(db, cohort_id, *numbers)
        journals.put(db, owed.values())
        if are_set and lesson_logs.clear_owed(db, list(owed.values())):
            return


def activity_key(log_id: LogId, revision: int) -> str:
    """Return the key under which the activity of this save is told once."""
    return f"log:{log_id}:{revision}"


def completion_key(log: LessonLog) -> str:
    """Return the key under which the last completion, or its undo, is told once."""
    return f"log:{log.id}:done:{log.completions}"


def tell_completion(db: Db, log: LessonLog) -> None:
    """Tell once who set the lesson done, or undid it, last."""
    if log.completed_by and log.completed_at:
        activity.add(
            db,
            "set_done" if log.completions % 2 else "undid_done",
            f"log:{log.id}",
            cohort_id=log.cohort_id,
            by=log.completed_by,
            at=log.completed_at,
            key=completion_key(log),
        )


def _set_rows(
    db: Db,
    there: dict[EnrolmentId, Row],
    bucket: list[Owing],
    owed: dict[LogId, LessonLog],
) -> bool:
    """Set the marks of these logs in their bucket's rows; False if a row was overtaken."""
    rows: dict[EnrolmentId, Row] = {}
    places = {each.enrolment.id: each.enrolment for each in bucket if each.log_id in owed}
    for each in bucket:
        row = rows.get(each.enrolment.id) or there.get(each.enrolment.id)
        if row is not None and each.log_id in owed:
            rows[row.enrolment_id] = with_log(row, each.cell, owed[each.log_id])
    without = [place for key, place in places.items() if key not in there]
    if without:
        settle_rows(db, without)
    with_row = [places[key] for key in rows]
    return not rows or marks.set_rows(db, with_row, list(rows.values()))


def _by_cohort(buckets: Iterable[tuple[CohortId, int]]) -> dict[CohortId, list[int]]:
    numbers: defaultdict[CohortId, list[int]] = defaultdict(list)
    for cohort_id, number in buckets:
        numbers[cohort_id].append(number)
    return numbers


def _keep_history(db: Db, logs: list[LessonLog]) -> None:
    """Keep the former entries, and tell who saved what; both once, however often this is done."""
    log_revisions.keep(db, logs)
    saved = [log for log in logs if log.revision]
    activity.add_saves(db, saved, [activity_key(log.id, log.revision) for log in saved])
    for log in logs:
        tell_completion(db, log)
