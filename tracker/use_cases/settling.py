"""Pays what a record still owes to the figures that are derived from it.

A record takes on its debt in the same atomic update that changes it, and is rid of it only when
every derived write is done; each of those can be done again. So a process may be killed between
any two writes, and whoever comes next (a save, a dashboard, `check`) goes on.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from tracker.documents import (
    attention,
    cohorts,
    enrolments,
    lesson_logs,
    lessons,
    marks,
    people,
)
from tracker.documents.schema import Db
from tracker.models import (
    CohortId,
    Enrolment,
    EnrolmentId,
    LessonId,
    LessonLog,
    PersonId,
    Role,
    Row,
)
from tracker.rules.figures import with_log
from tracker.use_cases.settling_help import settle_learners


def settle_row(db: Db, enrolment_id: EnrolmentId) -> None:
    """Build the learner's whole row from the records and put it in its place."""
    settle_rows(db, [enrolments.get(db, enrolment_id)])


def settle_rows(db: Db, places: list[Enrolment]) -> None:
    """Build the rows of these learners of one cohort from the records, a bucket at a time.

    Whoever does not learn (any more) has none.
    """
    in_order = sorted(places, key=lambda place: place.ordinal)
    for _, bucket in groupby(in_order, key=lambda place: place.bucket):
        _settle_bucket(db, list(bucket))


def _settle_bucket(db: Db, places: list[Enrolment]) -> None:
    """Set the rows of some learners of one bucket.

    A row's `seq` is read before every record, the place among them: then a row that is set
    over that `seq` holds nothing older than the one before it.
    """
    cohort_id, ids = places[0].cohort_id, [place.id for place in places]
    while True:
        there = marks.find_rows(db, places)
        places = enrolments.list_by_id(db, cohort_id, ids)
        members = [place for place in places if place.role is Role.LEARNER]
        for place in places:
            if place.role is not Role.LEARNER:
                marks.remove_row(db, place)
        if members and not marks.set_rows(db, members, _rows_over(db, members, there)):
            continue
        cohorts.touch(db, cohort_id, places[0].bucket, people=True)
        everywhere = enrolments.list_for_people(db, [place.person_id for place in places])
        others = {place.cohort_id for place in everywhere} - {cohort_id}
        cohorts.touch_people(db, list(others))
        settle_learners(db, places)
        if enrolments.clear_owed(db, places):
            return


def _rows_over(db: Db, members: list[Enrolment], there: dict[EnrolmentId, Row]) -> list[Row]:
    """Return what these learners' rows must say, to be set over the rows that are there."""
    logs = lesson_logs.list_short_for_learners(db, [place.id for place in members])
    rows = rows_from_logs(db, members, logs, cells_of(db, members[0].cohort_id))
    seqs = {key: row.seq for key, row in there.items()}
    return [replace(row, seq=seqs.get(row.enrolment_id, 0)) for row in rows]


def settle_person(db: Db, person_id: PersonId) -> None:
    """Set the person's name in the rows of every cohort where they are a learner."""
    while True:
        person = people.find(db, person_id)
        if person is None:
            return
        for place in enrolments.list_for_people(db, [person_id]):
            settle_row(db, place.id)
        if people.clear_owed(db, person):
            return


def settle_attention(db: Db, cohort_id: CohortId) -> bool:
    """Raise the cohort's version if a change of rules or contacts is owed to it; tell if it was."""
    seq = attention.find_owed(db, cohort_id)
    if seq is None:
        return False
    cohorts.touch(db, cohort_id)
    attention.clear_owed(db, cohort_id, seq)
    return True


def cells_of(db: Db, cohort_id: CohortId) -> dict[LessonId, int]:
    return {lesson.id: lesson.cell for lesson in lessons.list_for_cohort(db, cohort_id)}


def rows_from_logs(
    db: Db, members: list[Enrolment], logs: list[LessonLog], cells: dict[LessonId, int]
) -> Iterator[Row]:
    """Yield the rows of these learners, in their order; `logs` are all that they have.

    `cells` has the cell of each lesson.
    """
    found = people.list_by_id(db, [place.person_id for place in members])
    names = {person.id: person.name for person in found}
    of_learner: defaultdict[EnrolmentId, list[LessonLog]] = defaultdict(list)
    for log in logs:
        of_learner[log.enrolment_id].append(log)
    for place in members:
        row = Row(
            enrolment_id=place.id,
            name=names.get(place.person_id, ""),
            status=place.status,
            joined_on=place.joined_on,
            coach_id=place.coach_id,
            marks="",
            logged_at=None,
        )
        for log in of_learner[place.id]:
            row = with_log(row, cells[log.lesson_id], log)
        yield row
