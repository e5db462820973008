"""Accounts: make one, sign in, change the password or the profile."""

import secrets
from datetime import datetime
from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tracker.documents import activity, cohorts, enrolments, people
from tracker.documents.schema import Db
from tracker.errors import Refused
from tracker.models import Person, PersonId, Status
from tracker.use_cases.settling import settle_person, settle_rows

PASSWORD_LEAST = 8
PASSWORD_MOST = 200
ARRIVED = "arrived"
"""The reason of a status that nobody typed: the first password was set."""
HASHER = PasswordHasher()  # RFC 9106, low-memory profile: 64 MiB and some 0.1 s a hash
AT_ONCE = BoundedSemaphore(2)  # per process: bounds the memory that sign-ins can take


def hash_password(password: str) -> str:
    with AT_ONCE:
        return HASHER.hash(password)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return hash_password(secrets.token_urlsafe())


def sign_in(db: Db, email: str, password: str) -> Person | None:
    """Return the person if the password is theirs; takes as long where there is no account."""
    person = people.find_by_email(db, email)
    stored = person.password_hash if person else ""
    if not _matches(stored or _nobodys_hash(), password) or person is None or not stored:
        return None
    if HASHER.check_needs_rehash(stored):
        people.set_rehash(db, person.id, hash_password(password), was=stored)
    return person


def create_account(
    db: Db, *, email: str, name: str, password: str, language: str, at: datetime
) -> Person:
    """Make an account. Raises Taken("email") if the address has one."""
    return people.add(
        db,
        email=email,
        name=name,
        password_hash=hash_password(password),
        language=language,
        at=at,
    )


def create_admin(db: Db, *, email: str, name: str, password: str | None, at: datetime) -> Person:
    """Make an administrator's account, with no password where a link will set it.

    Raises Taken("email") if the address has one.
    """
    hashed = hash_password(password) if password else ""
    person = people.add(db, email=email, name=name, password_hash=hashed, at=at, is_admin=True)
    activity.add(db, "created", f"person:{person.id}", cohort_id=None, by=person.id, at=at)
    return person


def get_account(db: Db, email: str) -> Person:
    """Return the account with this address. Raises NotFound."""
    return people.get_by_email(db, email)


def change_password(db: Db, person: Person, *, current: str, password: str, at: datetime) -> Person:
    """Set a new password and end every other session; return the account as it is now.

    Raises Refused if `current` is not the password.
    """
    if not _matches(person.password_hash, current):
        raise Refused("wrong password")
    return _set_password(db, person, password=password, at=at)


def set_first_password(db: Db, person: Person, *, password: str, at: datetime) -> Person:
    """Set the password of an account that proved itself in another way (a one-time link).

    Whoever was invited has arrived by that, in each of their cohorts. That comes first: cut off
    in between, the link still works.
    """
    for place in enrolments.list_for_people(db, [person.id]):
        if place.status is Status.INVITED:
            enrolments.set_status(
                db,
                place.cohort_id,
                [place.id],
                Status.ACTIVE,
                reason=ARRIVED,
                by=person.id,
                at=at,
                was=Status.INVITED,
            )
            settle_rows(db, [place])
    return _set_password(db, person, password=password, at=at)


def _set_password(db: Db, person: Person, *, password: str, at: datetime) -> Person:
    changed = people.set_password(db, person.id, hash_password(password), was=person.password_hash)
    _tell_cohorts(db, person.id)
    activity.add(db, "changed_password", f"person:{person.id}", cohort_id=None, by=person.id, at=at)
    return changed


def change_profile(db: Db, person_id: PersonId, *, name: str, language: str, theme: str) -> None:
    """Set name, language and theme; the name in every cohort's figures follows."""
    people.set_profile(db, person_id, name=name, language=language, theme=theme)
    settle_person(db, person_id)


def change_look(db: Db, person_id: PersonId, *, language: str, theme: str) -> None:
    """Set language and theme; no cohort's figures know them."""
    people.set_look(db, person_id, language=language, theme=theme)
    _tell_cohorts(db, person_id)


def _tell_cohorts(db: Db, person_id: PersonId) -> None:
    """Let every process read the account anew where it enters a cohort."""
    places = enrolments.list_for_people(db, [person_id])
    cohorts.touch_people(db, [place.cohort_id for place in places])


def _matches(stored: str, password: str) -> bool:
    try:
        with AT_ONCE:
            return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
