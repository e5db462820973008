"""A cohort as a whole: drafted, opened, archived."""

from datetime import datetime

from tracker.documents import activity, cohorts
from tracker.documents.schema import Db
from tracker.models import Cohort, CohortState, PersonId

SYSTEM = PersonId("system")
"""Who acts when a command does, and no one is signed in."""


def change_state(
    db: Db, slug: str, state: CohortState, *, at: datetime, by: PersonId = SYSTEM
) -> CohortState:
    """Set the cohort's state and return the one before. Raises NotFound."""
    cohort = cohorts.get_by_slug(db, slug)
    if cohort.state is not state:
        cohorts.set_state(db, cohort.id, state)
        subject = f"cohort:{cohort.id}"
        activity.add(db, str(state), subject, cohort_id=cohort.id, by=by, at=at)
    return cohort.state


def tell_export(db: Db, cohort: Cohort, *, by: PersonId, at: datetime) -> None:
    """Note who took everything out of a cohort."""
    subject = f"cohort:{cohort.id}"
    activity.add(db, "exported_cohort", subject, cohort_id=cohort.id, by=by, at=at)
