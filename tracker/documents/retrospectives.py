"""Learners' looks back, one for each step.

With a save the look back takes on a debt (`owed_to`): the learner's journal is to name the step.
"""

from datetime import datetime

from pymongo import ASCENDING, IndexModel

from tracker.documents.own_record import IMPORTED, imported_from, save_over, stand_beside
from tracker.documents.schema import KEY, MOMENT, Db, Document, record, text, whole
from tracker.models import CohortId, EnrolmentId, Imported, Retrospective, StepId

NAME = "retrospectives"
INDEXES = [
    # One look back for each learner and step; serves the learner's pages.
    IndexModel(
        [("enrolment_id", ASCENDING), ("step_id", ASCENDING)],
        name="one_retrospective_per_learner_and_step",
        unique=True,
    ),
    # What is still owed to a cohort's journals; nearly always empty.
    IndexModel([("owed_to", ASCENDING)], name="retrospectives_owed_to_a_cohort"),
]
SCHEMA = record(
    {
        "_id": KEY,
        "enrolment_id": KEY,
        "cohort_id": KEY,
        "step_id": KEY,
        "good": text(),
        "lacking": text(),
        "next_try": text(),
        "revision": whole(0),
        "updated_at": MOMENT,
    },
    {"imported": IMPORTED, "owed_to": KEY},
)


def retrospective_from(document: Document) -> Retrospective:
    return Retrospective(
        enrolment_id=EnrolmentId(document["enrolment_id"]),
        step_id=StepId(document["step_id"]),
        good=document["good"],
        lacking=document["lacking"],
        next_try=document["next_try"],
        revision=document["revision"],
        updated_at=document["updated_at"],
        imported=imported_from(document),
    )


def find_for(db: Db, enrolment_id: EnrolmentId, step_id: StepId) -> Retrospective | None:
    document = db[NAME].find_one({"enrolment_id": enrolment_id, "step_id": step_id})
    return retrospective_from(document) if document else None


def list_for_learner(db: Db, enrolment_id: EnrolmentId) -> list[Retrospective]:
    return [retrospective_from(found) for found in db[NAME].find({"enrolment_id": enrolment_id})]


def list_steps(db: Db, enrolment_ids: list[EnrolmentId]) -> dict[EnrolmentId, set[StepId]]:
    """Return the steps that these learners looked back on (for what is derived from them)."""
    found: dict[EnrolmentId, set[StepId]] = {}
    wanted = {"enrolment_id": {"$in": enrolment_ids}}
    for one in db[NAME].find(wanted, {"enrolment_id": 1, "step_id": 1}):
        found.setdefault(EnrolmentId(one["enrolment_id"]), set()).add(StepId(one["step_id"]))
    return found


def list_owed(db: Db, cohort_id: CohortId) -> list[Retrospective]:
    return [retrospective_from(found) for found in db[NAME].find({"owed_to": cohort_id})]


def clear_owed(db: Db, enrolment_id: EnrolmentId, step_id: StepId) -> None:
    """Say that the journal names the step; it does for good, whatever is saved meanwhile."""
    key = {"enrolment_id": enrolment_id, "step_id": step_id}
    db[NAME].update_one(key, {"$unset": {"owed_to": ""}})


def save(db: Db, cohort_id: CohortId, retrospective: Retrospective, *, at: datetime) -> None:
    """Save it over the revision that it carries. Raises Conflict if another save came first."""
    values = {
        "good": retrospective.good,
        "lacking": retrospective.lacking,
        "next_try": retrospective.next_try,
        "updated_at": at,
        "owed_to": cohort_id,
    }
    key = {"enrolment_id": retrospective.enrolment_id, "step_id": retrospective.step_id}
    save_over(db, NAME, key, values, revision=retrospective.revision, cohort_id=cohort_id)


def add_imported(
    db: Db,
    cohort_id: CohortId,
    enrolment_id: EnrolmentId,
    step_id: StepId,
    parts: list[Imported],
    *,
    at: datetime,
) -> None:
    """Let the parts of a post stand beside the learner's own look back, once."""
    key = {"enrolment_id": enrolment_id, "step_id": step_id}
    empty = ("good", "lacking", "next_try")
    stand_beside(db, NAME, key, parts, cohort_id=cohort_id, empty=empty, at=at)
