"""A small course for tests of rules: a lesson a day from Monday, 3 March 2031."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from tracker.models import (
    Cohort,
    CohortId,
    CohortState,
    Curriculum,
    EnrolmentId,
    Lesson,
    LessonId,
    Row,
    Status,
)
from tracker.rules.course import Course

FRIDAY = date(2031, 3, 14)
FIRST = date(2031, 3, 3)  # a Monday


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, tzinfo=timezone.utc)


def cohort_with(*holidays: date) -> Cohort:
    return Cohort(
        id=CohortId("c"),
        slug="ai-7",
        name="AI 7",
        track="AI",
        time_zone="Asia/Seoul",
        starts_on=FIRST,
        ends_on=FIRST + timedelta(days=60),
        holidays=holidays,
        state=CohortState.ACTIVE,
        version=1,
        curriculum_version=1,
    )


def lesson_on(place: int, cell: int) -> Lesson:
    """Return the lesson of one day: the first on 3 March, the next a day later."""
    day = FIRST + timedelta(days=place)
    return Lesson(
        id=LessonId(f"l{place}"),
        key=f"l{place}",
        slug=f"l{place}",
        step_number=1,
        title=f"L{place}",
        outline=(),
        starts_on=day,
        ends_on=day,
        hours=8.0,
        position=place,
        cell=cell,
    )


def course_on(today: date, *holidays: date, cells: tuple[int, ...] = tuple(range(10))) -> Course:
    lessons = tuple(lesson_on(place, cell) for place, cell in enumerate(cells))
    return Course(Curriculum((), lessons, ()), cohort_with(*holidays), today)


def row_with(marks: str = "", **values: object) -> Row:
    row = Row(EnrolmentId("ada"), "Ada", Status.ACTIVE, FIRST, marks, None)
    return replace(row, **values)  # type: ignore[arg-type]
