"""A cohort's lessons in figures, read from the rows with all that learners said."""

from datetime import date

from tracker.documents.schema import Db
from tracker.models import Cohort, Curriculum, Lesson
from tracker.reports.dashboards import counted_of
from tracker.reports.rows import rows_with_said
from tracker.rules.course import Course
from tracker.rules.pulse import LessonPulse, Pulse, lesson_pulses, pulse_of


def pulse_at(db: Db, cohort: Cohort, curriculum: Curriculum, *, today: date) -> Pulse:
    """Return the pulse of the whole curriculum, in one query."""
    rows = counted_of(rows_with_said(db, cohort), today)
    course = Course(curriculum, cohort, today)
    return pulse_of(rows, course, curriculum.steps, curriculum.projects)


def lesson_pulse(db: Db, cohort: Cohort, lesson: Lesson, *, today: date) -> LessonPulse:
    """Return the pulse of one lesson, in one query."""
    rows = counted_of(rows_with_said(db, cohort), today)
    return lesson_pulses(rows, [lesson])[0]
