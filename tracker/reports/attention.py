"""What staff of a cohort set and did, with their names."""

from dataclasses import replace

from tracker.documents import attention, enrolments, people
from tracker.documents.attention import attention_from
from tracker.documents.schema import Db
from tracker.models import Cohort, EnrolmentId, Role, Status
from tracker.rules.attention import Attention

STAFF = [role.value for role in Role if role is not Role.LEARNER]


def attention_of(db: Db, cohort: Cohort) -> Attention:
    """Return what staff of the cohort set and did, in one query."""
    active_staff = {"cohort_id": cohort.id, "role": {"$in": STAFF}, "status": Status.ACTIVE.value}
    with_accounts = {
        "from": people.NAME,
        "localField": "person_id",
        "foreignField": "_id",
        "as": "person",
    }
    what_they_did = {"coll": attention.NAME, "pipeline": [{"$match": {"_id": cohort.id}}]}
    found = list(
        db[enrolments.NAME].aggregate(
            [{"$match": active_staff}, {"$lookup": with_accounts}, {"$unionWith": what_they_did}]
        )
    )
    did = next((each for each in found if "person" not in each), {})
    names = [(each["person"][0]["name"], each["_id"]) for each in found if "person" in each]
    staff = {EnrolmentId(key): name for name, key in sorted(names)}
    return replace(attention_from(did), staff=staff)
