"""A cohort at a glance, read from a few bucket documents of marks."""

from dataclasses import dataclass
from datetime import date

from tracker.clock import day_of
from tracker.documents.schema import Db
from tracker.models import STATES, Cohort, Curriculum, EnrolmentId, Lesson, LogState, Row
from tracker.reports.rows import rows_of
from tracker.rules.progress import Progress, Standing, counts, counts_for, standing_of

LEAST_SHOWN = 5
"""Peers never see a count below this (product.md)."""


@dataclass(frozen=True)
class Line:
    """One learner of the dashboard."""

    row: Row
    standing: str
    progress: Progress
    logged_on: date | None


@dataclass(frozen=True)
class Glance:
    """Every active learner of a cohort, by name, with the lessons that are looked at."""

    lines: tuple[Line, ...]
    lessons: tuple[Lesson, ...]

    def count(self, standing: str) -> int:
        return sum(line.standing == standing for line in self.lines)

    @property
    def counts(self) -> dict[str, int]:
        return {standing.value: self.count(standing) for standing in Standing}


@dataclass(frozen=True)
class LessonShare:
    """How much of a cohort is done with a lesson, 0.0 to 1.0.

    `bound` is "least" or "most" where the share itself would give away a count below LEAST_SHOWN:
    then it is the nearest share that does not. `share` is None where too few learners count.
    """

    lesson: Lesson
    share: float | None
    bound: str
    own: LogState


def glance_at(
    db: Db, cohort: Cohort, curriculum: Curriculum, *, today: date, step: int | None = None
) -> Glance:
    """Return the cohort's active learners. `step` narrows the lessons, not the standings."""
    lines = [
        _line(row, curriculum.lessons, cohort, today)
        for row in rows_of(db, cohort)
        if counts(row.status)
    ]
    lessons = curriculum.lessons if step is None else curriculum.lessons_of(step)
    lines.sort(key=lambda line: (line.row.name, line.row.enrolment_id))
    return Glance(lines=tuple(lines), lessons=lessons)


def shares_for(
    db: Db, cohort: Cohort, curriculum: Curriculum, own: EnrolmentId | None
) -> list[LessonShare]:
    """Return each lesson's share of learners who are done, without anyone's name."""
    rows = [row for row in rows_of(db, cohort) if counts(row.status)]
    mine = next((row for row in rows if row.enrolment_id == own), None)
    shares = ((lesson, *_share(rows, lesson)) for lesson in curriculum.lessons)
    return [
        LessonShare(
            lesson=lesson,
            share=share,
            bound=bound,
            own=STATES[mine.mark(lesson.cell)] if mine else LogState.NOT_STARTED,
        )
        for lesson, share, bound in shares
    ]


def matrix_of(
    db: Db, cohort: Cohort, curriculum: Curriculum, *, only: EnrolmentId | None = None
) -> dict[str, object]:
    """Return `matrix.json` as product.md gives it; `only` leaves one learner's own row."""
    rows = [
        row
        for row in rows_of(db, cohort)
        if counts(row.status) and only in {None, row.enrolment_id}
    ]
    rows.sort(key=lambda row: (row.name, row.enrolment_id))
    cells = [lesson.cell for lesson in curriculum.lessons]
    return {
        "lessons": [
            {"slug": lesson.slug, "title": lesson.title, "step": lesson.step_number}
            for lesson in curriculum.lessons
        ],
        "learners": [
            {
                "id": row.enrolment_id,
                "name": row.name,
                "marks": "".join(row.mark(cell) for cell in cells),
            }
            for row in rows
        ],
        "version": cohort.version,
    }


def _line(row: Row, lessons: tuple[Lesson, ...], cohort: Cohort, today: date) -> Line:
    logged_on = day_of(row.logged_at, cohort.time_zone) if row.logged_at else None
    counted = [lesson for lesson in lessons if counts_for(lesson, row.joined_on)]
    done = sum(row.mark(lesson.cell) == "+" for lesson in counted)
    return Line(
        row=row,
        standing=standing_of(row, lessons, today=today, logged_on=logged_on),
        progress=Progress(done=done, total=len(counted)),
        logged_on=logged_on,
    )


def _share(rows: list[Row], lesson: Lesson) -> tuple[float | None, str]:
    counted = [row for row in rows if counts_for(lesson, row.joined_on)]
    done = sum(row.mark(lesson.cell) == "+" for row in counted)
    total = len(counted)
    if total < 2 * LEAST_SHOWN:
        return None, ""
    if done < LEAST_SHOWN:
        return LEAST_SHOWN / total, "most"
    if total - done < LEAST_SHOWN:
        return (total - LEAST_SHOWN) / total, "least"
    return done / total, ""
