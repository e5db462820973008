"""Finishes what was begun in a cohort and cut off, whoever comes next."""

from tracker.documents.schema import Db
from tracker.models import Cohort
from tracker.use_cases.changing_curricula import finish_change
from tracker.use_cases.settling import settle_cohort


def catch_up(db: Db, cohort: Cohort) -> bool:
    """Finish a change of the curriculum and pay what is owed to figures; tell if there was any."""
    finished = finish_change(db, cohort)
    return bool(settle_cohort(db, cohort.id)) or finished
