"""Proves that every derived figure equals what the records say, and rebuilds what does not.

It reads cohort by cohort and some 64 learners at a time, and may run beside a working server: what
looks wrong is looked at again before it is told, since a save may just be on its way.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby

from tracker.clock import utc_now
from tracker.documents import (
    activity,
    attention,
    cohorts,
    enrolments,
    journals,
    lesson_logs,
    log_revisions,
    marks,
    people,
    people_imports,
    posts,
    preparing,
    retrospectives,
)
from tracker.documents.schema import Db
from tracker.models import CohortId, Enrolment, EnrolmentId, LessonLog, LogId, Role, Row
from tracker.use_cases import migrating
from tracker.use_cases.catching_up import settle_cohort
from tracker.use_cases.changing_curricula import finish_change_of, is_unfinished
from tracker.use_cases.checking_help import look_at_help
from tracker.use_cases.checking_journals import journals_of_nobody, wrong_journals
from tracker.use_cases.confirming_people import finish_all_imports
from tracker.use_cases.filing_posts import finish_all_posts
from tracker.use_cases.settling import cells_of, rows_from_logs, settle_row
from tracker.use_cases.settling_help import settle_help
from tracker.use_cases.settling_logs import activity_key, completion_key, tell_completion

LOOKS = 3
PAUSE = 0.2  # seconds between two looks at what seems wrong


@dataclass(frozen=True)
class Problem:
    """Something that does not hold; `mend` makes it hold again, where that can be done."""

    text: str
    mend: Callable[[Db], object] | None = None

    def __str__(self) -> str:
        """Return it as one line."""
        return self.text


def check(db: Db, *, repair: bool = False) -> list[Problem]:
    """Return what does not hold; with `repair`, mend it and return what is left.

    Each line names its record. Nothing is written without `repair`.
    """
    if repair:
        _repair(db)
    found = [Problem(f"the index {name} is missing") for name in preparing.missing_indexes(db)]
    found += [Problem(f"the migration {name} is not made") for name in migrating.pending(db)]
    found += [Problem(f"person {one.id}: a new name is owed") for one in people.list_owed(db)]
    for post_id, state in posts.list_unfinished(db):
        found.append(Problem(f"post {post_id}: {state} was begun and not finished"))
    for begun in people_imports.list_unfinished(db):
        found.append(Problem(f"import {begun.id}: {begun.state} was begun and not finished"))
    for cohort_id in cohorts.list_ids(db):
        found += _problems_of_cohort(db, cohort_id)
    return found


def _repair(db: Db) -> None:
    migrating.prepare_database(db)
    finish_all_posts(db, at=utc_now())
    finish_all_imports(db)
    for cohort_id in cohorts.list_ids(db):
        settle_cohort(db, cohort_id)
        settle_help(db, cohort_id)
        for problem in _problems_of_cohort(db, cohort_id):
            if problem.mend:
                problem.mend(db)


def _problems_of_cohort(db: Db, cohort_id: CohortId) -> list[Problem]:
    """Return what is wrong there at every one of some looks."""
    found = list(_look_at_cohort(db, cohort_id))
    for _ in range(LOOKS - 1):
        if not found:
            break
        time.sleep(PAUSE)
        again = {problem.text for problem in _look_at_cohort(db, cohort_id)}
        found = [problem for problem in found if problem.text in again]
    return found


def _look_at_cohort(db: Db, cohort_id: CohortId) -> Iterator[Problem]:
    yield from _unfinished(db, cohort_id)
    places = enrolments.list_for_cohort(db, cohort_id)
    cells = cells_of(db, cohort_id)
    rows = marks.rows_by_bucket(db, cohort_id)
    learners = [place for place in places if place.role is Role.LEARNER]
    yield from _rows_of_nobody(cohort_id, learners, rows)
    there = journals.of_cohort(db, cohort_id)
    for number, batch in groupby(places, key=lambda place: place.bucket):
        bucket = list(batch)
        logs = lesson_logs.list_short_for_learners(db, [place.id for place in bucket])
        yield from _history_problems(db, logs)
        members = [place for place in bucket if place.role is Role.LEARNER]
        for expected in rows_from_logs(db, members, logs, cells):
            if rows.get((number, expected.enrolment_id)) != expected:
                yield _wrong_row(expected.enrolment_id)
        yield from (Problem(*each) for each in wrong_journals(db, bucket, logs, there))
    yield from (Problem(*each) for each in journals_of_nobody(there, places))
    for text, mend in look_at_help(db, cohort_id, places):
        yield Problem(text, mend)


def _unfinished(db: Db, cohort_id: CohortId) -> Iterator[Problem]:
    if is_unfinished(db, cohort_id):
        yield Problem(
            f"cohort {cohort_id}: a change of the curriculum was begun and not finished",
            lambda db: finish_change_of(db, cohort_id),
        )
    for place in enrolments.list_owed(db, cohort_id):
        yield Problem(f"enrolment {place.id}: its row of figures is owed")
    if attention.find_owed(db, cohort_id) is not None:
        yield Problem(f"cohort {cohort_id}: a change of rules or contacts is owed to its version")
    for look in retrospectives.list_owed(db, cohort_id):
        yield Problem(f"enrolment {look.enrolment_id}: a look back is owed to its journal")
    for log in lesson_logs.list_owed(db, cohort_id):
        yield Problem(f"log {log.id}: the figures of revision {log.revision} are owed")


def _rows_of_nobody(
    cohort_id: CohortId, learners: list[Enrolment], rows: dict[tuple[int, EnrolmentId], Row]
) -> Iterator[Problem]:
    expected = {(place.bucket, place.id) for place in learners}
    for number, enrolment_id in rows.keys() - expected:
        yield Problem(
            f"cohort {cohort_id}: bucket {number}: the row of {enrolment_id}: none belongs there",
            _removal(cohort_id, number, enrolment_id),
        )


def _removal(cohort_id: CohortId, number: int, enrolment_id: EnrolmentId) -> Callable[[Db], None]:
    def remove(db: Db) -> None:
        marks.remove_from_bucket(db, cohort_id, number, enrolment_id)
        cohorts.touch(db, cohort_id, number)

    return remove


def _wrong_row(enrolment_id: EnrolmentId) -> Problem:
    return Problem(
        f"enrolment {enrolment_id}: its row of figures differs from its records",
        lambda db: settle_row(db, enrolment_id),
    )


def _history_problems(db: Db, logs: list[LessonLog]) -> Iterator[Problem]:
    former = [(log.id, number) for log in logs for number in range(1, log.revision)]
    for log_id, number in log_revisions.missing(db, former) if former else ():
        yield Problem(f"log {log_id}: revision {number} was not kept")
    told = {activity_key(log.id, n): (log, n) for log in logs for n in range(1, log.revision + 1)}
    for key in activity.missing(db, list(told)) if told else ():
        log, number = told[key]
        yield Problem(
            f"log {log.id}: the activity of revision {number} was not told", _telling(log, number)
        )
    completed = {completion_key(log): log for log in logs if log.completions}
    for key in activity.missing(db, list(completed)):
        yield Problem(
            f"log {completed[key].id}: who set it done was not told",
            partial(tell_completion, log=completed[key]),
        )


def _telling(log: LessonLog, number: int) -> Callable[[Db], None]:
    def tell(db: Db) -> None:
        activity.add(
            db,
            "saved",
            f"log:{log.id}",
            cohort_id=log.cohort_id,
            by=log.updated_by,
            at=_saved_at(db, log.id, number) or log.updated_at,
            key=activity_key(log.id, number),
        )

    return tell


def _saved_at(db: Db, log_id: LogId, revision: int) -> datetime | None:
    """Return when a former revision was saved: when the one before was replaced, if it is kept."""
    kept = log_revisions.list_for(db, log_id)
    return next((one.replaced_at for one in kept if one.revision == revision - 1), None)
