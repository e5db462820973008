"""What managers do with the places of a cohort: status, coach, joining day, another cohort.

Each is one change of the records, after which the rows of figures are owed; whoever is cut off
in between may do the same again.
"""

from dataclasses import replace
from datetime import date, datetime

from tracker.clock import day_of
from tracker.documents import activity, cohorts, enrolments
from tracker.documents.schema import Db
from tracker.errors import NotFound, Refused
from tracker.models import Cohort, Enrolment, EnrolmentId, Reader, Role, Status
from tracker.use_cases.settling import settle_rows
from tracker.use_cases.settling_help import settle_learners

MOVED_TO = "moved_to:"
MOVED_FROM = "moved_from:"
"""Reasons that no person typed; the slug of the other cohort follows."""


def set_statuses(
    db: Db, reader: Reader, ids: list[EnrolmentId], status: Status, *, reason: str, at: datetime
) -> int:
    """Set the status of these places; return how many had another one.

    Raises NotFound for a place of another cohort, Refused for the reader's own.
    """
    changed = [place for place in places_of(db, reader.cohort, ids) if place.status is not status]
    if reader.enrolment and any(place.id == reader.enrolment.id for place in changed):
        raise Refused("another manager has to change one's own status")
    enrolments.set_status(
        db, reader.cohort.id, _ids(changed), status, reason=reason, by=reader.person.id, at=at
    )
    settle_learners(db, places_of(db, reader.cohort, _ids(changed)))
    settle_rows(db, changed)
    tell(db, reader, f"set_{status}", changed, at=at)
    return len(changed)


def assign_coach(
    db: Db, reader: Reader, ids: list[EnrolmentId], coach_id: EnrolmentId | None, *, at: datetime
) -> int:
    """Give these learners a coach (None: none); return how many had another one.

    Raises NotFound if one of the places, or the coach, is not of the cohort.
    """
    if coach_id is not None:
        (coach,) = places_of(db, reader.cohort, [coach_id])
        if coach.role is Role.LEARNER:
            raise NotFound("coach", coach_id)
    changed = [
        place
        for place in places_of(db, reader.cohort, ids)
        if place.role is Role.LEARNER and place.coach_id != coach_id
    ]
    enrolments.set_coach(db, reader.cohort.id, _ids(changed), coach_id)
    settle_rows(db, changed)
    tell(db, reader, "set_coach", changed, at=at)
    return len(changed)


def hand_over(
    db: Db, reader: Reader, coach_id: EnrolmentId, to: EnrolmentId, *, at: datetime
) -> int:
    """Give all learners of one coach to another; return how many there were."""
    places = enrolments.list_for_cohort(db, reader.cohort.id)
    theirs = [place.id for place in places if place.coach_id == coach_id]
    return assign_coach(db, reader, theirs, to, at=at)


def set_joined_on(
    db: Db, reader: Reader, enrolment_id: EnrolmentId, day: date, *, at: datetime
) -> None:
    """Set the day from which a learner is measured."""
    (place,) = places_of(db, reader.cohort, [enrolment_id])
    enrolments.set_joined_on(db, place, day)
    settle_rows(db, [place])
    tell(db, reader, "set_joined_on", [place], at=at)


def move(db: Db, reader: Reader, enrolment_id: EnrolmentId, to: Cohort, *, at: datetime) -> None:
    """Give a person a place in another cohort and end the one here; their records stay here.

    The new place comes first: cut off in between, the same again finds it and goes on.
    """
    (place,) = places_of(db, reader.cohort, [enrolment_id])
    if reader.enrolment and place.id == reader.enrolment.id:
        raise Refused("another manager has to move one's own place")
    there = enrolments.find_for(db, to.id, place.person_id)
    if there is None:
        (ordinal,) = cohorts.take_numbers(db, to.id, "next_ordinal", 1)
        there = enrolments.add(
            db,
            cohort_id=to.id,
            person_id=place.person_id,
            role=place.role,
            ordinal=ordinal,
            joined_on=max(day_of(at, to.time_zone), to.starts_on),
            by=reader.person.id,
            at=at,
            reason=MOVED_FROM + reader.cohort.slug,
        )
    by = reader.person.id
    enrolments.set_status(
        db, to.id, [there.id], Status.ACTIVE, reason=MOVED_FROM + reader.cohort.slug, by=by, at=at
    )
    settle_rows(db, [there])
    enrolments.set_status(
        db, place.cohort_id, [place.id], Status.DROPPED, reason=MOVED_TO + to.slug, by=by, at=at
    )
    settle_rows(db, [place])
    tell(db, reader, "moved_away", [place], at=at)
    tell(db, replace(reader, cohort=to), "moved_here", [there], at=at)


def places_of(db: Db, cohort: Cohort, ids: list[EnrolmentId]) -> list[Enrolment]:
    """Return these places of the cohort. Raises NotFound if it lacks one of them."""
    found = enrolments.list_by_id(db, cohort.id, ids)
    missing = set(ids) - {place.id for place in found}
    if missing:
        raise NotFound("enrolment", min(missing))
    return found


def _ids(places: list[Enrolment]) -> list[EnrolmentId]:
    return [place.id for place in places]


def tell(db: Db, reader: Reader, verb: str, places: list[Enrolment], *, at: datetime) -> None:
    """Tell what the reader did to each of these places."""
    subjects = [f"enrolment:{place.id}" for place in places]
    activity.add_many(db, verb, subjects, cohort_id=reader.cohort.id, by=reader.person.id, at=at)
