"""Links for those whom an import of people brought in, and who have no password yet."""

from dataclasses import replace
from datetime import datetime

from tracker.documents import activity, enrolments, people, people_imports
from tracker.documents.schema import Db
from tracker.models import Enrolment, PeopleImport, Person, PersonId, Reader
from tracker.permissions import may_reset_password
from tracker.use_cases.importing_people import GIVES_A_PLACE


def take_links(db: Db, reader: Reader, done: PeopleImport, *, at: datetime) -> bool:
    """Note that the reader takes the links of an import; False if somebody did before."""
    if not people_imports.take_links(db, done.id, at=at):
        return False
    subject = f"import:{done.id}"
    by = reader.person.id
    activity.add(db, "took_links", subject, cohort_id=reader.cohort.id, by=by, at=at)
    return True


def new_people(db: Db, done: PeopleImport) -> list[Person]:
    """Return those whom an import gave a place and who have no password yet, in its order.

    A link opens the account: only the operator may have all of them.
    """
    emails = [row.email for row in done.rows if row.action in GIVES_A_PLACE]
    found = people.list_by_email(db, emails)
    return [found[email] for email in emails if email in found and not found[email].password_hash]


def people_to_link(db: Db, reader: Reader, done: PeopleImport) -> tuple[list[Person], int]:
    """Return the new people whose password the reader may set; and how many others there are."""
    new = new_people(db, done)
    places: dict[PersonId, list[Enrolment]] = {person.id: [] for person in new}
    for place in enrolments.list_for_people(db, list(places)):
        places[place.person_id].append(place)
    everywhere = [replace(person, enrolments=tuple(places[person.id])) for person in new]
    allowed = [person for person in everywhere if may_reset_password(reader.person, person)]
    return allowed, len(new) - len(allowed)
