"""A person's place in a cohort. `owed_to` says that the row of figures is still to be set.

A new status leaves `requests_owed` too: the place's requests for help are still to be counted, or
left out. `owed_to` stays as long.

`import_id` names the import that made the place; one that an import's undo took back is dropped
and has `taken_back`, so that a later import may give it again (see imported_places).
"""

from datetime import date, datetime

from pymongo import ASCENDING, IndexModel

from tracker.documents.schema import (
    DAY,
    FLAG,
    KEY,
    MOMENT,
    Db,
    Document,
    batches,
    create_or_change,
    day_from,
    insert_new,
    many,
    maybe,
    new_id,
    record,
    text,
    whole,
    word,
)
from tracker.errors import NotFound
from tracker.models import (
    CohortId,
    Enrolment,
    EnrolmentId,
    ImportId,
    PersonId,
    Role,
    Status,
    StatusChange,
)

NAME = "enrolments"
SHORT = {"status_history": 0}
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
    # The places that one import made; serves its undo.
    IndexModel([("import_id", ASCENDING)], name="places_of_an_import"),
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
    {"owed_to": KEY, "coach_id": maybe(KEY), "import_id": KEY, "taken_back": FLAG}
    | {"requests_owed": FLAG, "undone_import": KEY},
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
        import_id=document.get("import_id"),
        taken_back=document.get("taken_back", False),
        requests_owed=document.get("requests_owed", False),
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
    key = {"cohort_id": cohort_id, "person_id": person_id}
    first = {
        "_id": new_id(),
        "role": role.value,
        "status": Status.ACTIVE.value,
        "status_history": [_entry(Status.ACTIVE, reason=reason, by=by, at=at)],
        "joined_on": joined_on.isoformat(),
        "ordinal": ordinal,
        "owed_to": cohort_id,
    }
    return enrolment_from(create_or_change(db, NAME, key, {"$setOnInsert": first}))


def add_many(
    db: Db, new: list[Enrolment], *, by: PersonId, at: datetime, owed: bool = False
) -> None:
    """Add these places; those that are there already stay. The caller sets their rows.

    `owed` says that the rows are owed until then.
    """
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
                "status_history": [_entry(place.status, reason="", by=by, at=at)],
                "joined_on": place.joined_on.isoformat(),
                "ordinal": place.ordinal,
                "coach_id": place.coach_id,
                **({"owed_to": place.cohort_id} if owed else {}),
                **({"import_id": place.import_id} if place.import_id else {}),
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
    found = db[NAME].find({"cohort_id": cohort_id}, SHORT)
    return sorted(map(enrolment_from, found), key=lambda enrolment: enrolment.ordinal)


def list_by_id(db: Db, cohort_id: CohortId, ids: list[EnrolmentId]) -> list[Enrolment]:
    """Return those of the places that the cohort has, in no order."""
    return [
        enrolment_from(document)
        for batch in batches(ids)
        for document in db[NAME].find({"_id": {"$in": batch}, "cohort_id": cohort_id}, SHORT)
    ]


def history_of(db: Db, enrolment_id: EnrolmentId) -> list[StatusChange]:
    """Return the last 100 statuses of a place, the newest first."""
    document = db[NAME].find_one({"_id": enrolment_id}, {"status_history": 1})
    entries = document["status_history"] if document else []
    return [
        StatusChange(Status(one["status"]), one["at"], one["reason"], PersonId(one["by"]))
        for one in reversed(entries)
    ]


def set_status(
    db: Db,
    cohort_id: CohortId,
    ids: list[EnrolmentId],
    status: Status,
    *,
    reason: str,
    by: PersonId,
    at: datetime,
    was: Status | None = None,
    taken_back: bool = False,
    importing: ImportId | None = None,
) -> None:
    """Set the status with its date, reason and actor; the rows of figures are owed from then on.

    A place that has the status already (or, where `was` is given, another one) stays as it is.
    """
    entry = _entry(status, reason=reason, by=by, at=at)
    change = {
        "$set": {"status": status.value, "taken_back": taken_back, "requests_owed": True},
        "$push": {"status_history": {"$each": [entry], "$slice": -100}},
    }
    only = {"status": was.value if was else {"$ne": status.value}, **open_to(importing)}
    _change(db, cohort_id, ids, only, change)


def set_coach(
    db: Db,
    cohort_id: CohortId,
    ids: list[EnrolmentId],
    coach_id: EnrolmentId | None,
    *,
    importing: ImportId | None = None,
) -> None:
    """Give these learners a coach, or none; their rows of figures are owed from then on."""
    only = {"role": Role.LEARNER.value, "coach_id": {"$ne": coach_id}, **open_to(importing)}
    _change(db, cohort_id, ids, only, {"$set": {"coach_id": coach_id}})


def set_role(
    db: Db,
    cohort_id: CohortId,
    ids: list[EnrolmentId],
    role: Role,
    *,
    importing: ImportId | None = None,
) -> None:
    """Set the role; who does not learn has no coach. The rows of figures are owed from then on."""
    change = {"role": role.value, **({} if role is Role.LEARNER else {"coach_id": None})}
    only = {"role": {"$ne": role.value}, **open_to(importing)}
    _change(db, cohort_id, ids, only, {"$set": change})


def set_joined_on(db: Db, enrolment: Enrolment, day: date) -> None:
    """Set the day from which a learner is measured; the row of figures is owed from then on."""
    _change(db, enrolment.cohort_id, [enrolment.id], {}, {"$set": {"joined_on": day.isoformat()}})


def list_for_people(db: Db, ids: list[PersonId]) -> list[Enrolment]:
    """Return the places of these people in every cohort, in no order."""
    return [
        enrolment_from(document)
        for batch in batches(ids)
        for document in db[NAME].find({"person_id": {"$in": batch}}, SHORT)
    ]


def list_owed(db: Db, cohort_id: CohortId) -> list[Enrolment]:
    return [enrolment_from(found) for found in db[NAME].find({"owed_to": cohort_id}, SHORT)]


def clear_owed(db: Db, enrolments: list[Enrolment]) -> bool:
    """Say that the rows are paid, if each place is as it was when its row was set, requests too."""
    alike: dict[tuple[str, str, str, str | None], list[EnrolmentId]] = {}
    for place in enrolments:
        shown = (place.status.value, place.role.value, place.joined_on.isoformat(), place.coach_id)
        alike.setdefault(shown, []).append(place.id)
    paid = 0
    for (status, role, joined_on, coach_id), ids in alike.items():
        same = {"status": status, "role": role, "joined_on": joined_on, "coach_id": coach_id}
        key = {"_id": {"$in": ids}, **same, "requests_owed": None}
        paid += db[NAME].update_many(key, {"$unset": {"owed_to": ""}}).matched_count
    return paid == len(enrolments)


def clear_requests_owed(db: Db, ids: list[EnrolmentId], status: Status) -> None:
    """Say that the requests of these places are counted, or left out, as this status says."""
    for batch in batches(ids):
        key = {"_id": {"$in": batch}, "status": status.value}
        db[NAME].update_many(key, {"$unset": {"requests_owed": ""}})


def _change(
    db: Db, cohort_id: CohortId, ids: list[EnrolmentId], only: Document, change: Document
) -> None:
    """Change those of the cohort's places that are as `only` says, and owe their rows."""
    owing = {**change, "$set": {**change["$set"], "owed_to": cohort_id}}
    for batch in batches(ids):
        db[NAME].update_many({"_id": {"$in": batch}, "cohort_id": cohort_id, **only}, owing)


def open_to(import_id: ImportId | None) -> Document:
    """Return the filter of the places that an import may change; any without one."""
    return {"undone_import": {"$ne": import_id}} if import_id else {}


def _entry(status: Status, *, reason: str, by: PersonId, at: datetime) -> Document:
    return {"status": status.value, "at": at, "reason": reason, "by": by}
