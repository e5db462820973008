"""A cohort's lessons in figures, read from the rows with all that learners said."""

from datetime import date

from tracker.documents.schema import Db
from tracker.models import Cohort, CohortId, Curriculum
from tracker.reports.dashboards import counted_of
from tracker.reports.kept import Kept
from tracker.reports.rows import rows_with_said
from tracker.rules.course import Course
from tracker.rules.pulse import Pulse, pulse_of

_pulses: Kept[CohortId, tuple[int, date], Pulse] = Kept(most=20)


def pulse_at(db: Db, cohort: Cohort, curriculum: Curriculum, *, today: date) -> Pulse:
    """Return the pulse of the whole curriculum; a process counts once for each version and day."""

    def count() -> Pulse:
        rows = counted_of(rows_with_said(db, cohort), today)
        course = Course(curriculum, cohort, today)
        return pulse_of(rows, course, curriculum.steps, curriculum.projects)

    return _pulses.get(cohort.id, (cohort.version, today), count)
