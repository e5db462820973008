"""The people of a cohort, each with their account and their coach."""

from dataclasses import dataclass, replace

from tracker.documents import enrolments, people, people_imports, staff_notes
from tracker.documents.enrolments import enrolment_from
from tracker.documents.people import person_from
from tracker.documents.schema import Db, Document
from tracker.errors import NotFound
from tracker.models import (
    Cohort,
    Enrolment,
    EnrolmentId,
    PeopleImport,
    Person,
    Reader,
    Role,
    StaffNote,
    StatusChange,
)

WITH_PERSON = {
    "$lookup": {
        "from": people.NAME,
        "localField": "person_id",
        "foreignField": "_id",
        "as": "person",
    }
}


@dataclass(frozen=True)
class Member:
    """A place in the cohort and whose it is."""

    place: Enrolment
    person: Person


@dataclass(frozen=True)
class PastStatus:
    """A status that a place was given, with the name of who gave it.

    It is "" for who is no staff of the cohort: oneself (`own`), an administrator or a command.
    """

    change: StatusChange
    by_name: str
    own: bool


def members_of(db: Db, cohort: Cohort) -> list[Member]:
    """Return everybody in the cohort: managers and coaches before learners, each by name."""
    found = _members(db, {"cohort_id": cohort.id})
    return sorted(
        found,
        key=lambda one: (one.place.role is Role.LEARNER, one.person.name, one.place.ordinal),
    )


def staff_of(db: Db, cohort: Cohort) -> list[Member]:
    """Return the cohort's coaches and managers by name, those who left too."""
    found = _members(db, {"cohort_id": cohort.id, "role": {"$ne": Role.LEARNER.value}})
    return sorted(found, key=lambda one: (one.person.name, one.place.ordinal))


def member_for(db: Db, cohort: Cohort, enrolment_id: EnrolmentId) -> Member:
    """Return one member of the cohort, with all their places. Raises NotFound."""
    places = {
        "$lookup": {
            "from": enrolments.NAME,
            "localField": "person_id",
            "foreignField": "person_id",
            "as": "places",
        }
    }
    which = {"_id": enrolment_id, "cohort_id": cohort.id}
    found = list(db[enrolments.NAME].aggregate([{"$match": which}, WITH_PERSON, places]))
    if not found:
        raise NotFound("enrolment", enrolment_id)
    (one,) = found
    everywhere = tuple(enrolment_from(place) for place in one["places"])
    person = replace(person_from(one["person"][0]), enrolments=everywhere)
    return Member(enrolment_from(one), person)


def past_statuses_of(db: Db, place: Enrolment, staff: list[Member]) -> list[PastStatus]:
    """Return the last 100 statuses of a place, the newest first; `staff` are the cohort's."""
    names = {one.person.id: one.person.name for one in staff}
    return [
        PastStatus(change, names.get(change.by, ""), own=change.by == place.person_id)
        for change in enrolments.history_of(db, place.id)
    ]


def notes_on(db: Db, reader: Reader, place: Enrolment) -> list[StaffNote] | None:
    """Return what staff noted on a learner, the newest first; None for whoever is not staff."""
    own = reader.enrolment is not None and reader.enrolment.id == place.id
    return staff_notes.list_for_learner(db, place.id) if reader.is_staff and not own else None


def imports_of(db: Db, cohort: Cohort) -> list[PeopleImport]:
    """Return the last 20 imports of people, the newest first, without their lines."""
    return people_imports.list_for_cohort(db, cohort.id)


def _members(db: Db, which: Document) -> list[Member]:
    found = db[enrolments.NAME].aggregate(
        [{"$match": which}, {"$project": {"status_history": 0}}, WITH_PERSON]
    )
    return [Member(enrolment_from(one), person_from(one["person"][0])) for one in found]
