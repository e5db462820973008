"""Undoes an import of people: who has done nothing yet loses the place that it gave.

Nothing is deleted. A place is dropped, with that in its history; whoever has begun to work keeps
it and is named; what the import changed goes back to what it was, unless it was changed since.
"""

from datetime import datetime

from tracker.documents import (
    activity,
    comments,
    enrolments,
    help_queue,
    help_requests,
    imported_places,
    lesson_logs,
    people_imports,
    posts,
    project_notes,
    retrospectives,
)
from tracker.documents.schema import Db, values_among
from tracker.models import (
    CohortId,
    Enrolment,
    EnrolmentId,
    ImportRow,
    PeopleImport,
    PersonId,
    Role,
    Status,
)
from tracker.use_cases.importing_people import (
    Places,
    grouped,
    places_by_email,
)
from tracker.use_cases.settling import settle_rows

REASON = "import_undone"
WORK = (
    *(lesson_logs.NAME, retrospectives.NAME, project_notes.NAME, posts.NAME),
    *(help_requests.NAME, help_queue.NAME),
)


def take_back(
    db: Db, cohort_id: CohortId, done: PeopleImport, *, by: PersonId, at: datetime
) -> None:
    """Take an import back as far as nobody has worked on it; safe to do again.

    Its places are closed to it first: whoever is still applying it can give none back after that.
    """
    named = places_by_email(db, cohort_id, done.rows)
    imported_places.close_to(db, [place.id for place in named.values()], done.id)
    made = imported_places.list_of_import(db, done.id)
    at_work = _at_work(db, done, made)
    idle = [place.id for place in made if place.id not in at_work]
    enrolments.set_status(
        db, cohort_id, idle, Status.DROPPED, reason=REASON, by=by, at=at, taken_back=True
    )
    places = places_by_email(db, cohort_id, done.rows)
    kept = [
        row.line for row in done.rows if row.email in places and places[row.email].id in at_work
    ]
    people_imports.set_kept(db, done.id, kept)
    _set_back(db, cohort_id, [row for row in done.rows if row.before], places, by=by, at=at)
    settle_rows(db, enrolments.list_owed(db, cohort_id))


def _at_work(db: Db, done: PeopleImport, places: list[Enrolment]) -> set[EnrolmentId]:
    """Return those of the places whose people have written or done anything since the import."""
    ids, since = [place.id for place in places], done.created_at
    wrote: set[str] = set()
    for collection in WORK:
        wrote |= values_among(db, collection, "enrolment_id", list(ids))
    persons = [place.person_id for place in places]
    acted = values_among(db, comments.NAME, "author_id", list(persons))
    acted |= activity.actors_among(
        db, done.cohort_id, persons, since=since, but=f"import:{done.id}"
    )
    acted |= help_queue.helpers_since(db, done.cohort_id, since)
    return {place.id for place in places if place.id in wrote or place.person_id in acted}


def _set_back(
    db: Db,
    cohort_id: CohortId,
    rows: list[ImportRow],
    places: Places,
    *,
    by: PersonId,
    at: datetime,
) -> None:
    """Give changed places what they had, where they still have what the import set."""
    roles, statuses, coaches = [], [], []
    for row in rows:
        place = places[row.email]
        assert row.before is not None
        if row.role == place.role:
            roles.append((row.before.role, place.id))
        if row.status == place.status:
            statuses.append((row.before.status, place.id))
        if row.coach and row.coach in places and places[row.coach].id == place.coach_id:
            coaches.append((row.before.coach or "", place.id))
    for role, ids in grouped(roles):
        enrolments.set_role(db, cohort_id, ids, Role(role))
    for status, ids in grouped(statuses):
        enrolments.set_status(db, cohort_id, ids, Status(status), reason=REASON, by=by, at=at)
    for coach, ids in grouped(coaches):
        enrolments.set_coach(db, cohort_id, ids, EnrolmentId(coach) if coach else None)
