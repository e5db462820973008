"""How a cohort takes its lessons, and how far it is: no names, nothing below ten answers.

Everything is counted column by column (a lesson at a time), which keeps the loops in C.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from typing import TypeVar

from tracker.models import Lesson, Project, Row, Step
from tracker.rules.course import BLANK, Course
from tracker.rules.figures import MINUTES, MOMENTS, PACES, numbers
from tracker.rules.progress import done_share

Said = TypeVar("Said", str, int)
LEAST_ANSWERS = 10
LONG = 45  # days from which a point stands for a week


@dataclass(frozen=True)
class Quartiles:
    """A quarter of the answers lies at or below `low`, a quarter at or above `high`."""

    low: float
    median: float
    high: float
    answers: int


@dataclass(frozen=True)
class Paces:
    """Shares of the answers, 0.0 to 1.0."""

    slow: float
    right: float
    fast: float
    answers: int


@dataclass(frozen=True)
class LessonPulse:
    """What learners said of a lesson; None where fewer than ten did. Minutes are whole ones."""

    lesson: Lesson
    understanding: Quartiles | None
    pace: Paces | None
    minutes: Quartiles | None


@dataclass(frozen=True)
class Point:
    """The end of a day: lessons per learner that are due, and done (None: still to come)."""

    day: date
    due: float
    done: float | None


@dataclass(frozen=True)
class Stretch:
    """The lessons of a step, or those of its step that end before a project begins.

    `done` and `due` are shares of what counts for its learners, 0.0 to 1.0; no lessons: None.
    """

    of: Step | Project
    lessons: int
    done: float | None
    due: float | None


@dataclass(frozen=True)
class Pulse:
    """A cohort's lessons in figures."""

    learners: int
    lessons: tuple[LessonPulse, ...]
    burn_up: tuple[Point, ...]
    steps: tuple[Stretch, ...]
    projects: tuple[Stretch, ...]

    def of(self, lesson: Lesson) -> LessonPulse | None:
        """Return what was said of this lesson; None if it is not in the curriculum."""
        return next((one for one in self.lessons if one.lesson.id == lesson.id), None)


def pulse_of(
    rows: Sequence[Row], course: Course, steps: Iterable[Step], projects: Iterable[Project]
) -> Pulse:
    """Return the pulse of these learners, who count; `rows` carry what they said."""
    counts = _Counts(rows, course)
    before = {
        project: [
            lesson
            for lesson in course.lessons
            if lesson.step_number == project.step_number and lesson.ends_on < project.starts_on
        ]
        for project in projects
    }
    return Pulse(
        learners=len(rows),
        lessons=lesson_pulses(rows, course.lessons),
        burn_up=tuple(counts.burn_up()),
        steps=tuple(
            counts.stretch(step, [one for one in course.lessons if one.step_number == step.number])
            for step in steps
        ),
        projects=tuple(counts.stretch(project, lessons) for project, lessons in before.items()),
    )


def lesson_pulses(rows: Sequence[Row], lessons: Sequence[Lesson]) -> tuple[LessonPulse, ...]:
    """Return what these learners said of each lesson."""
    understanding = _columns([row.said.understanding for row in rows], BLANK)
    pace = _columns([row.said.pace for row in rows], BLANK)
    minutes = _columns([numbers(row.said.minutes, MINUTES) for row in rows], 0)
    return tuple(
        LessonPulse(
            lesson=lesson,
            understanding=quartiles(
                [int(mark) for mark in _at(understanding, lesson.cell) if mark != BLANK]
            ),
            pace=_paces(_at(pace, lesson.cell)),
            minutes=quartiles([one - 1 for one in _at(minutes, lesson.cell) if one]),
        )
        for lesson in lessons
    )


def quartiles(values: Iterable[int]) -> Quartiles | None:
    """Return the quartiles, between neighbours where they fall between; None below ten answers."""
    found = sorted(values)
    if len(found) < LEAST_ANSWERS:
        return None

    def at(share: float) -> float:
        place, rest = divmod(share * (len(found) - 1), 1)
        here = found[int(place)]
        return here + rest * (found[int(place) + 1] - here) if rest else float(here)

    return Quartiles(low=at(0.25), median=at(0.5), high=at(0.75), answers=len(found))


class _Counts:
    """Marks and moments by lesson, of learners in the order of joining.

    So those for whom a lesson counts are the first of its column.
    """

    def __init__(self, rows: Sequence[Row], course: Course) -> None:
        rows = sorted(rows, key=lambda row: row.joined_on)
        joined = [row.joined_on for row in rows]
        marks = _columns([row.marks for row in rows], BLANK)
        done_at = _columns([numbers(row.said.done_at, MOMENTS) for row in rows], 0)
        self.course, self.learners = course, len(rows)
        self.of = {one.id: bisect_right(joined, one.ends_on) for one in course.lessons}
        self.done = {
            one.id: _at(marks, one.cell)[: self.of[one.id]].count("+") for one in course.lessons
        }
        moments = [_at(done_at, one.cell)[: self.of[one.id]] for one in course.lessons]
        self.moments = sorted(moment for column in moments for moment in column if moment)

    def stretch(self, of: Step | Project, lessons: Sequence[Lesson]) -> Stretch:
        every = sum(self.of[lesson.id] for lesson in lessons)
        over = [lesson for lesson in lessons if lesson.ends_on < self.course.today]
        if not every:
            return Stretch(of, len(lessons), None, None)
        return Stretch(
            of,
            len(lessons),
            done=done_share(done=sum(self.done[lesson.id] for lesson in lessons), due=every),
            due=done_share(done=sum(self.of[lesson.id] for lesson in over), due=every),
        )

    def burn_up(self) -> Iterable[Point]:
        """Yield each day of the schedule, or each week's last, and today."""
        lessons, today = self.course.lessons, self.course.today
        if not lessons or not self.learners:
            return
        by_end = sorted(lessons, key=lambda lesson: lesson.ends_on)
        ends = [lesson.ends_on for lesson in by_end]
        first = min(lesson.starts_on for lesson in lessons)
        pace = 1 if (ends[-1] - first).days < LONG else 7
        days = {first + timedelta(days=n) for n in range(0, (ends[-1] - first).days + 1, pace)}
        for day in sorted(days | {ends[-1], min(max(today, first), ends[-1])}):
            due = sum(self.of[one.id] for one in by_end[: bisect_right(ends, day)])
            yield Point(
                day,
                due=due / self.learners,
                done=None if day > today else self._done_by(day) / self.learners,
            )

    def _done_by(self, day: date) -> int:
        """Return how many lessons were done by the end of the day."""
        return bisect_left(self.moments, int(self.course.end_of(day).timestamp()) // 60)


def _paces(column: Sequence[str]) -> Paces | None:
    slow, right, fast = (column.count(letter) for letter in PACES.values())
    answers = slow + right + fast
    if answers < LEAST_ANSWERS:
        return None
    return Paces(slow / answers, right / answers, fast / answers, answers)


def _columns(rows: Sequence[Iterable[Said]], blank: Said) -> list[tuple[Said, ...]]:
    return list(zip_longest(*rows, fillvalue=blank))


def _at(columns: list[tuple[Said, ...]], cell: int) -> tuple[Said, ...]:
    """Return what everyone has at a cell; nobody said anything beyond the last column."""
    return columns[cell] if cell < len(columns) else ()
