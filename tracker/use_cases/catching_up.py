"""Finishes what was begun in a cohort and cut off, whoever comes next."""

from tracker.documents import enrolments, people
from tracker.documents.schema import Db
from tracker.models import Cohort, CohortId
from tracker.use_cases.changing_curricula import finish_change
from tracker.use_cases.looking_back import settle_looks_back
from tracker.use_cases.settling import settle_attention, settle_person, settle_rows
from tracker.use_cases.settling_logs import settle_owed_logs


def catch_up(db: Db, cohort: Cohort) -> bool:
    """Finish a change of the curriculum and pay what is owed to figures; tell if there was any."""
    finished = finish_change(db, cohort)
    return bool(settle_cohort(db, cohort.id)) or finished


def settle_cohort(db: Db, cohort_id: CohortId) -> int:
    """Pay all that is owed to a cohort's figures and journals; return how many debts there were."""
    renamed = people.list_owed(db)
    for person in renamed:
        settle_person(db, person.id)
    rows = enrolments.list_owed(db, cohort_id)
    settle_rows(db, rows)
    logs = settle_owed_logs(db, cohort_id)
    looks = settle_looks_back(db, cohort_id)
    return len(renamed) + len(rows) + logs + looks + settle_attention(db, cohort_id)
