"""What a learner sees of the others: shares of the cohort, without names and small counts."""

from dataclasses import dataclass
from datetime import date

from tracker.documents.schema import Db
from tracker.models import STATES, Cohort, Curriculum, EnrolmentId, Lesson, LogState, Row
from tracker.reports.dashboards import counted_of
from tracker.reports.rows import rows_of
from tracker.rules.progress import counts_for

LEAST_SHOWN = 5
"""Peers never see a count below this (product.md)."""


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


def shares_for(
    db: Db, cohort: Cohort, curriculum: Curriculum, own: EnrolmentId | None, *, today: date
) -> list[LessonShare]:
    """Return each lesson's share of learners who are done, without anyone's name."""
    rows = rows_of(db, cohort)
    mine = next((row for row in rows if row.enrolment_id == own), None)
    learners = counted_of(rows, today)
    shares = ((lesson, *_share(learners, lesson)) for lesson in curriculum.lessons)
    return [
        LessonShare(
            lesson=lesson,
            share=share,
            bound=bound,
            own=STATES[mine.mark(lesson.cell)] if mine else LogState.NOT_STARTED,
        )
        for lesson, share, bound in shares
    ]


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
