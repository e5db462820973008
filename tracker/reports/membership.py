"""Who someone is, and as what they enter a cohort."""

from dataclasses import replace
from time import monotonic

from tracker.documents import cohorts, enrolments, invites, lessons, people, projects, steps
from tracker.documents.enrolments import enrolment_from
from tracker.documents.people import person_from
from tracker.documents.schema import Db, Document
from tracker.errors import NotFound
from tracker.models import (
    Cohort,
    CohortId,
    Curriculum,
    Enrolment,
    EnrolmentId,
    Invite,
    Person,
    PersonId,
    Reader,
    Role,
)
from tracker.permissions import may_enter, may_read_learner
from tracker.reports.kept import Kept

PERSON_SECONDS = 5.0
"""How long a process takes its word for a person, if a crash kept a change from being told."""

_curricula: Kept[CohortId, int, Curriculum] = Kept(most=100)
_people: Kept[tuple[CohortId, PersonId], tuple[int, int], Person] = Kept(most=5_000)
_learners: Kept[tuple[CohortId, EnrolmentId], tuple[int, int], tuple[Enrolment, Person]] = Kept(
    most=5_000
)


def find_person(db: Db, person_id: PersonId) -> Person | None:
    """Return the person with their places, in one query."""
    found = list(
        db[people.NAME].aggregate(
            [
                {"$match": {"_id": person_id}},
                {
                    "$lookup": {
                        "from": enrolments.NAME,
                        "localField": "_id",
                        "foreignField": "person_id",
                        "as": "places",
                    }
                },
            ]
        )
    )
    if not found:
        return None
    places = tuple(enrolment_from(place) for place in found[0]["places"])
    return replace(person_from(found[0]), enrolments=places)


def find_cohort(db: Db, slug: str) -> Cohort | None:
    return cohorts.find_by_slug(db, slug)


def find_member(db: Db, person_id: PersonId, cohort: Cohort) -> Person | None:
    """Return a person who enters this cohort, which was just read, with their places.

    A process reads a member once for each version of the cohort's people. Whoever has no place
    here, an administrator for example, changes without the cohort's knowing: they are read anew.
    """
    key, version = (cohort.id, person_id), _people_version(cohort)
    person = _people.find(key, version)
    if person is None:
        person = find_person(db, person_id)
        if person is not None and any(place.cohort_id == cohort.id for place in person.enrolments):
            _people.put(key, version, person)
    return person


def _people_version(cohort: Cohort) -> tuple[int, int]:
    """Return what a member is kept under: the version of the cohort's people, for some seconds."""
    return cohort.people_version, int(monotonic() / PERSON_SECONDS)


def reader_for(db: Db, person: Person, slug: str) -> Reader:
    """Return the person as a member of the cohort; NotFound where it is none of their business."""
    return reader_in(person, cohorts.get_by_slug(db, slug))


def reader_in(person: Person, cohort: Cohort) -> Reader:
    """Return the person as a member of this cohort. Raises NotFound for a stranger."""
    place = next((place for place in person.enrolments if place.cohort_id == cohort.id), None)
    if place is not None and may_enter(place.role, place.status, cohort.state):
        return Reader(person=person, cohort=cohort, role=place.role, enrolment=place)
    if person.is_admin:
        return Reader(person=person, cohort=cohort, role=Role.MANAGER, enrolment=None)
    raise NotFound("cohort", cohort.slug)


def reader_by_email(db: Db, slug: str, email: str) -> Reader:
    """Return the owner of an address as a member of the cohort. Raises NotFound."""
    person = people.find_by_email(db, email)
    whole = find_person(db, person.id) if person else None
    if whole is None:
        raise NotFound("person", email)
    return reader_for(db, whole, slug)


def cohort_again(db: Db, cohort: Cohort) -> Cohort:
    """Return the cohort as it is now."""
    return cohorts.get(db, cohort.id)


def readers_of(db: Db, person: Person) -> list[Reader]:
    """Return the person as a member of each cohort that they may enter, latest first."""
    if person.is_admin:
        found = cohorts.list_all(db)
    else:
        found = cohorts.list_by_id(db, [place.cohort_id for place in person.enrolments])
    readers = []
    for cohort in found:
        try:
            readers.append(reader_in(person, cohort))
        except NotFound:
            continue
    return readers


def invites_of(db: Db, cohort: Cohort) -> list[Invite]:
    """Return the last 50 invitations to the cohort, the newest first."""
    return invites.list_for_cohort(db, cohort.id)


def learner_for(db: Db, reader: Reader, enrolment_id: EnrolmentId) -> tuple[Enrolment, Person]:
    """Return a learner of the reader's cohort and their account. Raises NotFound.

    The cohort was just read; a process reads a learner, as a member, once for each version.
    """
    own = reader.enrolment
    if own is not None and own.id == enrolment_id and own.role is Role.LEARNER:
        return own, reader.person
    place, person = _learners.get(
        (reader.cohort.id, enrolment_id),
        _people_version(reader.cohort),
        lambda: _place_and_person(db, enrolment_id),
    )
    if place.role is not Role.LEARNER or not may_read_learner(reader, place):
        raise NotFound("learner", enrolment_id)
    return place, person


def viewed_learner(db: Db, staff: Person, enrolment_id: EnrolmentId) -> Person:
    """Return a learner with this place alone, as staff of the cohort look at it.

    Raises NotFound for whoever is not staff there.
    """
    place, person = _place_and_person(db, enrolment_id)
    is_staff = staff.is_admin or any(
        own.cohort_id == place.cohort_id and own.role is not Role.LEARNER and own.is_active
        for own in staff.enrolments
    )
    if place.role is not Role.LEARNER or not is_staff:
        raise NotFound("learner", enrolment_id)
    return replace(person, enrolments=(place,), is_admin=False)


def _place_and_person(db: Db, enrolment_id: EnrolmentId) -> tuple[Enrolment, Person]:
    """Return a place and whose it is, in one query. Raises NotFound."""
    with_person = {
        "from": people.NAME,
        "localField": "person_id",
        "foreignField": "_id",
        "as": "person",
    }
    found = list(
        db[enrolments.NAME].aggregate([{"$match": {"_id": enrolment_id}}, {"$lookup": with_person}])
    )
    if not found:
        raise NotFound("enrolment", enrolment_id)
    return enrolment_from(found[0]), person_from(found[0]["person"][0])


def curriculum_of(db: Db, cohort: Cohort) -> Curriculum:
    """Return the cohort's curriculum; a process reads it once for each version of it."""
    return _curricula.get(
        cohort.id, cohort.curriculum_version, lambda: read_curriculum(db, cohort.id)
    )


def curricula_of(db: Db, wanted: list[Cohort]) -> dict[CohortId, Curriculum]:
    """Return the curriculum of each cohort; those that are not kept are read in one query."""
    kept = {one.id: _curricula.find(one.id, one.curriculum_version) for one in wanted}
    missing = [one for one in wanted if kept[one.id] is None]
    read = read_curricula(db, [one.id for one in missing]) if missing else {}
    for one in missing:
        _curricula.put(one.id, one.curriculum_version, read[one.id])
    return {key: curriculum or read[key] for key, curriculum in kept.items()}


def read_curriculum(db: Db, cohort_id: CohortId) -> Curriculum:
    """Read steps, lessons and projects in one query; what left the curriculum stands beside."""
    return read_curricula(db, [cohort_id])[cohort_id]


def read_curricula(db: Db, ids: list[CohortId]) -> dict[CohortId, Curriculum]:
    """Read the curricula of these cohorts in one query."""
    found = db[cohorts.NAME].aggregate(
        [
            {"$match": {"_id": {"$in": ids}}},
            *(
                {
                    "$lookup": {
                        "from": name,
                        "localField": "_id",
                        "foreignField": "cohort_id",
                        "as": name,
                    }
                }
                for name in (steps.NAME, lessons.NAME, projects.NAME)
            ),
            {"$project": {steps.NAME: 1, lessons.NAME: 1, projects.NAME: 1}},
        ]
    )
    return {CohortId(each["_id"]): _curriculum_from(each) for each in found}


def _curriculum_from(found: Document) -> Curriculum:
    all_steps = sorted(map(steps.step_from, found["steps"]), key=lambda step: step.number)
    all_lessons = sorted(map(lessons.lesson_from, found["lessons"]), key=lambda one: one.position)
    all_projects = sorted(
        map(projects.project_from, found["projects"]), key=lambda one: (one.starts_on, one.number)
    )
    return Curriculum(
        steps=tuple(step for step in all_steps if not step.archived),
        lessons=tuple(lesson for lesson in all_lessons if not lesson.archived),
        projects=tuple(project for project in all_projects if not project.archived),
        left_steps=tuple(step for step in all_steps if step.archived),
        left_lessons=tuple(lesson for lesson in all_lessons if lesson.archived),
        left_projects=tuple(project for project in all_projects if project.archived),
    )
