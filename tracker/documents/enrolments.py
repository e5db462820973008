"""A person's place in a cohort. `owed_to` says that the row of figures is still to be set."""

from datetime import date, datetime

from pymongo import ASCENDING, IndexModel

from tracker.documents.schema import (
    DAY,
    KEY,
    MOMENT,
    Db,
    Document,
    create_or_change,
    day_from,
    insert_new,
    many,
    new_id,
    record,
    text,
    whole,
    word,
)
from tracker.errors import NotFound
from tracker.models import CohortId, Enrolment, EnrolmentId, PersonId, Role, Status

NAME = "enrolments"
INDEXES = [
    # One place for each person in a cohort; serves joining.
    IndexModel(
        [("person_id", ASCENDING), ("cohort_id", ASCENDING)],
        name="one_place_per_person_and_cohort",
        unique=True,
    ),
    # The members of a cohort, for checks and exports.
    IndexModel([("cohort_id", ASCENDING), ("ordinal", ASCENDING)], name="members_of_a_cohort"),
    # The staff of a cohort, for the dashboard.
    IndexModel([("cohort_id", ASCENDING), ("role", ASCENDING)], name="roles_of_a_cohort"),
    # What is still owed to a cohort's figures; nearly always empty.
    IndexModel([("owed_to", ASCENDING)], name="rows_owed_to_a_cohort"),
]
SCHEMA = record(
    {
        "_id": KEY,
        "cohort_id": KEY,
        "person_id": KEY,
        "role": word(Role),
        "status": word(Status),
        "status_history": many(
            record({"status": word(Status), "at": MOMENT, "reason": text(500), "by": KEY}),
            most=100,
        ),
        "joined_on": DAY,
        "ordinal": whole(0),
    },
    {"owed_to": KEY, "coach_id": KEY},
)


def enrolment_from(document: Document) -> Enrolment:
    return Enrolment(
        id=EnrolmentId(document["_id"]),
        cohort_id=CohortId(document["cohort_id"]),
        person_id=PersonId(document["person_id"]),
        role=Role(document["role"]),
        status=Status(document["status"]),
        joined_on=day_from(document["joined_on"]),
        ordinal=document["ordinal"],
        coach_id=document.get("coach_id"),
    )


def add(
    db: Db,
    *,
    cohort_id: CohortId,
    person_id: PersonId,
    role: Role,
    ordinal: int,
    joined_on: date,
    by: PersonId,
    at: datetime,
    reason: str = "",
) -> Enrolment:
    """Enrol the person, or return the place that they have already. One atomic step."""
    document = create_or_change(
        db,
        NAME,
        {"cohort_id": cohort_id, "person_id": person_id},
        {
            "$setOnInsert": {
                "_id": new_id(),
                "role": role.value,
                "status": Status.ACTIVE.value,
                "status_history": [
                    {"status": Status.ACTIVE.value, "at": at, "reason": reason, "by": by}
                ],
                "joined_on": joined_on.isoformat(),
                "ordinal": ordinal,
                "owed_to": cohort_id,
            }
        },
    )
    return enrolment_from(document)


def add_many(db: Db, new: list[Enrolment], *, by: PersonId, at: datetime) -> None:
    """Add these places, whose rows the caller sets; those that are there already stay."""
    insert_new(
        db,
        NAME,
        [
            {
                "_id": place.id,
                "cohort_id": place.cohort_id,
                "person_id": place.person_id,
                "role": place.role.value,
                "status": place.status.value,
                "status_history": [
                    {"status": place.status.value, "at": at, "reason": "", "by": by}
                ],
                "joined_on": place.joined_on.isoformat(),
                "ordinal": place.ordinal,
            }
            for place in new
        ],
    )


def get(db: Db, enrolment_id: EnrolmentId) -> Enrolment:
    document = db[NAME].find_one({"_id": enrolment_id})
    if document is None:
        raise NotFound("enrolment", enrolment_id)
    return enrolment_from(document)


def find_for(db: Db, cohort_id: CohortId, person_id: PersonId) -> Enrolment | None:
    document = db[NAME].find_one({"cohort_id": cohort_id, "person_id": person_id})
    return enrolment_from(document) if document else None


def list_for_cohort(db: Db, cohort_id: CohortId) -> list[Enrolment]:
    """Return every place in the cohort, in the order of joining (for checks and exports)."""
    found = db[NAME].find({"cohort_id": cohort_id})
    return sorted(map(enrolment_from, found), key=lambda enrolment: enrolment.ordinal)


def set_status(
    db: Db, enrolment_id: EnrolmentId, status: Status, *, reason: str, by: PersonId, at: datetime
) -> None:
    """Set the status with its date, reason and actor; the row of figures is owed from then on."""
    enrolment = get(db, enrolment_id)
    entry = {"status": status.value, "at": at, "reason": reason, "by": by}
    db[NAME].update_one(
        {"_id": enrolment_id},
        {
            "$set": {"status": status.value, "owed_to": enrolment.cohort_id},
            "$push": {"status_history": {"$each": [entry], "$slice": -100}},
        },
    )


def list_for_person(db: Db, person_id: PersonId) -> list[Enrolment]:
    return [enrolment_from(found) for found in db[NAME].find({"person_id": person_id})]


def list_owed(db: Db, cohort_id: CohortId) -> list[EnrolmentId]:
    found = db[NAME].find({"owed_to": cohort_id}, {"_id": 1})
    return [EnrolmentId(document["_id"]) for document in found]


def clear_owed(db: Db, enrolment: Enrolment) -> bool:
    """Say that the row is paid, if the place is still as it was when the row was set."""
    paid = db[NAME].update_one(
        {"_id": enrolment.id, "status": enrolment.status.value, "role": enrolment.role.value},
        {"$unset": {"owed_to": ""}},
    )
    return paid.matched_count == 1
