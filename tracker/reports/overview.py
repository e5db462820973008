"""Cohorts side by side, in two queries however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.clock import day_of
from tracker.documents import attention
from tracker.documents.schema import Db
from tracker.models import Cohort, Reader, Role
from tracker.reports.dashboards import Glance, glance_of
from tracker.reports.membership import curricula_of
from tracker.reports.rows import rows_of_each
from tracker.rules.attention import Attention
from tracker.rules.progress import done_share

MOST_COHORTS = 20


@dataclass(frozen=True)
class CohortLine:
    """One cohort; `done` and `due` are shares of what counts for its learners, None for nothing."""

    cohort: Cohort
    glance: Glance
    done: float | None
    due: float | None

    @property
    def learners(self) -> int:
        return len(self.glance.lines)


def overview_of(db: Db, readers: Sequence[Reader], *, now: datetime) -> list[CohortLine]:
    """Return the cohorts that the reader manages, at most the 20 latest."""
    cohorts = [one.cohort for one in readers if one.role is Role.MANAGER][:MOST_COHORTS]
    ids = [cohort.id for cohort in cohorts]
    rows, set_by_staff = rows_of_each(db, cohorts), attention.list_by_id(db, ids)
    curricula = curricula_of(db, cohorts)
    return [
        _line(
            cohort,
            glance_of(
                rows[cohort.id],
                curricula[cohort.id],
                cohort,
                set_by_staff.get(cohort.id, Attention()),
                today=day_of(now, cohort.time_zone),
            ),
        )
        for cohort in cohorts
    ]


def _line(cohort: Cohort, glance: Glance) -> CohortLine:
    every = sum(line.progress.total for line in glance.lines)
    if not every:
        return CohortLine(cohort, glance, None, None)
    done = sum(line.progress.done for line in glance.lines)
    due = sum(line.due for line in glance.lines)
    return CohortLine(
        cohort, glance, done_share(done=done, due=every), done_share(done=due, due=every)
    )
