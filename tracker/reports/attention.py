"""What staff of a cohort set and did, with their names."""

from collections.abc import Mapping
from dataclasses import replace

from tracker.documents import attention, enrolments, people
from tracker.documents.schema import Db
from tracker.models import Cohort, CohortId, EnrolmentId, Role, Status
from tracker.reports.kept import Kept
from tracker.rules.attention import Attention

STAFF = [role.value for role in Role if role is not Role.LEARNER]

_staff: Kept[CohortId, int, Mapping[EnrolmentId, str]] = Kept(most=200)


def attention_of(db: Db, cohort: Cohort) -> Attention:
    """Return what staff of the cohort, which was just read, set and did, in one query."""
    did = attention.list_by_id(db, [cohort.id]).get(cohort.id, Attention())
    return replace(did, staff=staff_of(db, cohort))


def staff_of(db: Db, cohort: Cohort) -> Mapping[EnrolmentId, str]:
    """Return the names of the active staff in their order, by their places.

    A process reads them once for each version of the cohort's people.
    """
    return _staff.get(cohort.id, cohort.people_version, lambda: _read_staff(db, cohort.id))


def _read_staff(db: Db, cohort_id: CohortId) -> Mapping[EnrolmentId, str]:
    active_staff = {"cohort_id": cohort_id, "role": {"$in": STAFF}, "status": Status.ACTIVE.value}
    with_accounts = {
        "from": people.NAME,
        "localField": "person_id",
        "foreignField": "_id",
        "as": "person",
    }
    found = db[enrolments.NAME].aggregate([{"$match": active_staff}, {"$lookup": with_accounts}])
    names = [(each["person"][0]["name"], each["_id"]) for each in found]
    return {EnrolmentId(key): name for name, key in sorted(names)}
