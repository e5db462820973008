"""Writers at once, in real threads: whatever they did, the rows say what the records say."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from random import Random

import pytest

from tests.cast import Cast, true_journal
from tests.crashing import at_once
from tracker.documents import cohorts, enrolments, journals, lesson_logs, people
from tracker.documents.schema import Db
from tracker.errors import Conflict
from tracker.models import (
    MARKS,
    Enrolment,
    Lesson,
    LessonLog,
    LogEntry,
    LogState,
    Pace,
    Role,
    Status,
)
from tracker.reports.rows import rows_of
from tracker.use_cases.accounts import change_profile
from tracker.use_cases.catching_up import settle_cohort
from tracker.use_cases.checking import check
from tracker.use_cases.joining import enrol
from tracker.use_cases.logging_a_lesson import log_lesson
from tracker.use_cases.managing_people import set_statuses

WRITERS, DEEDS = 4, 8


def save(db: Db, cast: Cast, place: Enrolment, lesson: Lesson, random: Random) -> None:
    log = lesson_logs.find_for(db, place.id, lesson.id)
    entry = LogEntry(
        random.choice(list(LogState)),
        understanding=random.choice([None, 1, 5]),
        pace=random.choice([None, *Pace]),
        minutes=random.choice([None, 0, 6000]),
    )
    revision = log.revision if log else 0
    log_lesson(db, place, lesson, entry, revision=revision, by=place.person_id, at=cast.at)


def rename(db: Db, cast: Cast, random: Random) -> None:
    name = random.choice(["Ada", "Ada L.", "에이다"])
    change_profile(db, cast.ada.id, name=name, language="en", theme="auto")


def pause(db: Db, cast: Cast, place: Enrolment, random: Random) -> None:
    status = random.choice([Status.ACTIVE, Status.PAUSED])
    set_statuses(db, cast.reader("dana"), [place.id], status, reason="", at=cast.at)


def deeds_of(db: Db, cast: Cast, places: list[Enrolment], random: Random) -> Callable[[], None]:
    """Return some deeds in a row; a save that another one overtook is not made again."""

    def act() -> None:
        for _ in range(DEEDS):
            place = random.choice(places)
            lesson = random.choice(list(cast.lessons.values())[:3])
            deed = random.choices(
                [
                    partial(save, db, cast, place, lesson, random),
                    partial(rename, db, cast, random),
                    partial(pause, db, cast, place, random),
                    partial(settle_cohort, db, cast.ai7.id),
                ],
                weights=[6, 1, 1, 1],
            )[0]
            with suppress(Conflict):
                deed()

    return act


@pytest.mark.parametrize("seed", range(5))
def test_the_rows_equal_a_recount(db: Db, cast: Cast, seed: int) -> None:
    eve = enrol(db, cast.ai7, cast.cleo.id, Role.LEARNER, by=cast.dana.id, at=cast.at)
    places = [cast.ada_place, eve]
    at_once([deeds_of(db, cast, places, Random(seed * 100 + each)) for each in range(WRITERS)])
    assert check(db) == []
    shown = {row.enrolment_id: row for row in rows_of(db, cohorts.get(db, cast.ai7.id))}
    for place in places:
        logs = lesson_logs.list_for_learner(db, place.id)
        assert journals.find(db, place.id) == true_journal(db, place)
        row, person = shown[place.id], people.find(db, place.person_id)
        assert person is not None
        assert row.marks == recounted(cast, logs)
        assert row.logged_at == max((log.updated_at for log in logs), default=None)
        assert row.status is enrolments.get(db, place.id).status
        assert row.name == person.name


def recounted(cast: Cast, logs: list[LessonLog]) -> str:
    """Return the marks as a reader of the logs would write them down."""
    states = {log.lesson_id: log.entry.state for log in logs}
    every = (states.get(lesson.id, LogState.NOT_STARTED) for lesson in cast.lessons.values())
    return "".join(MARKS[state] for state in every).rstrip(".")
