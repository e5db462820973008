"""People from a file: see what each line means for the cohort, then enrol them.

A line that is wrong stops the whole file. Each write can be done again: see confirming_people.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from tracker.clock import day_of
from tracker.documents import cohorts, enrolments, imported_places, people, people_imports
from tracker.documents.schema import Db, new_id
from tracker.errors import Conflict, Invalid, NotFound
from tracker.models import (
    Before,
    Cohort,
    CohortId,
    Enrolment,
    EnrolmentId,
    ImportId,
    ImportRow,
    PeopleImport,
    Person,
    PersonId,
    Role,
    Status,
)
from tracker.rosters.reading import Problem, Roster, Row, read_roster
from tracker.use_cases.settling import settle_rows
from tracker.use_cases.settling_help import settle_learners

Places = dict[str, Enrolment]
"""The places of a cohort by the address of whose they are."""
GIVES_A_PLACE = frozenset({"new", "join", "back"})


def read_people(
    db: Db, cohort: Cohort, data: bytes, *, by: PersonId, file_name: str, at: datetime
) -> tuple[PeopleImport, Roster]:
    """Return what a file would do, as a draft that is not stored; and the file, with its problems.

    Raises Invalid with the kind of what is wrong with the file as a whole.
    """
    roster = read_roster(data)
    planned, problems = _planned(db, cohort, roster.rows, by=by)
    draft = PeopleImport(
        id=ImportId(new_id()),
        cohort_id=cohort.id,
        file_name=file_name[:300],
        state="draft",
        created_at=at,
        created_by=by,
        rows=tuple(planned),
    )
    wrong = sorted((*roster.problems, *problems), key=lambda each: each.line)
    return draft, replace(roster, problems=tuple(wrong))


def keep_draft(db: Db, draft: PeopleImport) -> None:
    """Store a draft without problems, to be confirmed."""
    people_imports.add(db, draft)


def cohort_called(db: Db, slug: str) -> Cohort:
    """Return the cohort with this slug. Raises NotFound."""
    return cohorts.get_by_slug(db, slug)


def import_for(db: Db, cohort: Cohort, import_id: ImportId) -> PeopleImport:
    """Return an import of the cohort. Raises NotFound."""
    found = people_imports.find(db, import_id)
    if found is None or found.cohort_id != cohort.id:
        raise NotFound("import", import_id)
    return found


def planned_again(
    db: Db, cohort: Cohort, draft: PeopleImport, *, by: PersonId
) -> tuple[ImportRow, ...]:
    """Return what each line of a draft means by now. Raises Invalid if one cannot be done."""
    planned, problems = _planned(db, cohort, [_row_of(row) for row in draft.rows], by=by)
    if problems:
        raise Invalid(["changed_meanwhile"])
    return tuple(planned)


def give_places(db: Db, cohort: Cohort, begun: PeopleImport, *, at: datetime) -> None:
    """Give everybody account and place, then set what the file says; safe to do again."""
    _add_accounts(db, begun.rows, at=at)
    places = _add_places(db, cohort, begun, at=at)
    _set_what_is_said(db, cohort.id, begun, places, at=at)
    owed = enrolments.list_owed(db, cohort.id)
    settle_learners(db, owed)
    settle_rows(db, owed)


def places_by_email(db: Db, cohort_id: CohortId, rows: Iterable[ImportRow]) -> Places:
    """Return the places that these lines' people and their coaches have."""
    emails = {row.email for row in rows} | {row.coach for row in rows if row.coach}
    accounts = people.list_by_email(db, sorted(emails))
    places = {place.person_id: place for place in enrolments.list_for_cohort(db, cohort_id)}
    return {email: places[person.id] for email, person in accounts.items() if person.id in places}


def grouped(pairs: Iterable[tuple[str, EnrolmentId]]) -> list[tuple[str, list[EnrolmentId]]]:
    """Return the places for each value."""
    in_order = sorted(pairs)
    return [
        (value, [place for _, place in group])
        for value, group in groupby(in_order, key=lambda pair: pair[0])
    ]


def discard_draft(db: Db, draft: PeopleImport) -> None:
    """Forget a draft. Raises Conflict if it was confirmed meanwhile."""
    if not people_imports.remove_draft(db, draft.id):
        raise Conflict


def _planned(
    db: Db, cohort: Cohort, rows: Iterable[Row], *, by: PersonId
) -> tuple[list[ImportRow], list[Problem]]:
    """Return what each line means, and what is wrong with it in this cohort."""
    rows = list(rows)
    emails = {row.email for row in rows} | {row.coach for row in rows if row.coach}
    accounts = people.list_by_email(db, sorted(filter(None, emails)))
    places = {place.person_id: place for place in enrolments.list_for_cohort(db, cohort.id)}
    roles = {
        email: places[person.id].role for email, person in accounts.items() if person.id in places
    }
    roles |= {row.email: row.role or roles.get(row.email, Role.LEARNER) for row in rows}
    planned, problems = [], []
    for row in rows:
        person = accounts.get(row.email)
        place = places.get(person.id) if person else None
        problems += _problems(row, roles, own=person is not None and person.id == by)
        coach = accounts.get(row.coach) if row.coach else None
        coach_place = places.get(coach.id) if coach else None
        planned.append(_meaning(row, person, place, coach_place))
    return planned, problems


def _problems(row: Row, roles: dict[str, Role], *, own: bool) -> list[Problem]:
    if row.coach and roles.get(row.email) is not Role.LEARNER:
        return [Problem(row.line, "coach", "coach_of_staff", row.coach)]
    if row.coach and roles.get(row.coach) in {None, Role.LEARNER}:
        return [Problem(row.line, "coach", "coach_unknown", row.coach)]
    if own and (row.status not in {None, Status.ACTIVE} or row.role not in {None, Role.MANAGER}):
        return [Problem(row.line, "email", "own_place", row.email)]
    return []


def _meaning(
    row: Row, person: Person | None, place: Enrolment | None, coach: Enrolment | None
) -> ImportRow:
    said = ImportRow(
        line=row.line,
        name=row.name,
        email=row.email,
        role=row.role.value if row.role else None,
        coach=row.coach,
        status=row.status.value if row.status else None,
        action="same",
    )
    if place is None or place.taken_back:
        arrived = person is not None and person.password_hash
        gives = row.status or (Status.ACTIVE if arrived else Status.INVITED)
        action = "new" if person is None else "join" if place is None else "back"
        return replace(said, action=action, gives=gives.value)
    asks = (
        row.role not in {None, place.role}
        or row.status not in {None, place.status}
        or (row.coach is not None and (coach is None or coach.id != place.coach_id))
    )
    before = Before(role=place.role.value, status=place.status.value, coach=place.coach_id)
    return replace(said, action="change", before=before) if asks else said


def _row_of(row: ImportRow) -> Row:
    return Row(
        line=row.line,
        name=row.name,
        email=row.email,
        role=Role(row.role) if row.role else None,
        coach=row.coach,
        status=Status(row.status) if row.status else None,
    )


def _add_accounts(db: Db, rows: Iterable[ImportRow], *, at: datetime) -> None:
    there = people.list_by_email(db, [row.email for row in rows])
    new = [
        Person(
            id=PersonId(new_id()),
            email=row.email,
            name=row.name,
            password_hash="",
            language="ko",
            theme="auto",
            session_version=1,
        )
        for row in rows
        if row.email not in there
    ]
    people.add_many(db, new, at=at)


def _add_places(db: Db, cohort: Cohort, begun: PeopleImport, *, at: datetime) -> Places:
    """Give a place to whoever has none, staff before learners; return the places of all."""
    for learners in (False, True):
        there = places_by_email(db, cohort.id, begun.rows)
        missing = [
            row
            for row in begun.rows
            if row.email not in there and (row.role in {None, Role.LEARNER.value}) is learners
        ]
        accounts = people.list_by_email(db, [row.email for row in missing])
        ordinals = cohorts.take_numbers(db, cohort.id, "next_ordinal", len(missing))
        new = [
            Enrolment(
                id=EnrolmentId(new_id()),
                cohort_id=cohort.id,
                person_id=accounts[row.email].id,
                role=Role(row.role or Role.LEARNER),
                status=Status(row.gives or Status.INVITED),
                joined_on=max(day_of(at, cohort.time_zone), cohort.starts_on),
                ordinal=ordinal,
                coach_id=there[row.coach].id if row.coach else None,
                import_id=begun.id,
            )
            for row, ordinal in zip(missing, ordinals, strict=True)
        ]
        enrolments.add_many(db, new, by=begun.given_by, at=at, owed=True)
    places = places_by_email(db, cohort.id, begun.rows)
    back = [places[row.email].id for row in begun.rows if row.action == "back"]
    imported_places.set_import(db, back, begun.id)
    return places


def _set_what_is_said(
    db: Db, cohort_id: CohortId, begun: PeopleImport, places: Places, *, at: datetime
) -> None:
    """Set role, status and coach of places that were there before, where a line names them."""
    changing = [row for row in begun.rows if row.action in {"change", "back"}]

    def said(value: Callable[[ImportRow], str | None]) -> list[tuple[str, list[EnrolmentId]]]:
        return grouped(
            (str(value(row)), places[row.email].id) for row in changing if value(row) is not None
        )

    for role, ids in said(lambda row: row.role):
        enrolments.set_role(db, cohort_id, ids, Role(role), importing=begun.id)
    for status, ids in said(lambda row: row.gives or row.status):
        enrolments.set_status(
            *(db, cohort_id, ids, Status(status)),
            reason="",
            by=begun.given_by,
            at=at,
            importing=begun.id,
        )
    for coach, ids in said(lambda row: row.coach):
        enrolments.set_coach(db, cohort_id, ids, places[coach].id, importing=begun.id)
