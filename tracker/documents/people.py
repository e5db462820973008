"""Accounts. The email is stored folded, so its unique index needs no collation.

`rows_owed` says that the name changed and is still to be set in every cohort's figures.
"""

from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from tracker.documents.schema import (
    FLAG,
    KEY,
    MOMENT,
    Db,
    Document,
    batches,
    insert_new,
    new_id,
    record,
    text,
    whole,
)
from tracker.errors import NotFound, Taken
from tracker.models import Person, PersonId

NAME = "people"
INDEXES = [
    # One account for each address; serves sign-in.
    IndexModel([("email", ASCENDING)], name="one_account_per_email", unique=True),
    # Whose new name is still owed to the figures; nearly always empty.
    IndexModel([("rows_owed", ASCENDING)], name="names_owed_to_the_rows"),
]
SCHEMA = record(
    {
        "_id": KEY,
        "email": text(254, least=3),
        "name": text(100, least=1),
        "password_hash": text(300),
        "language": {"enum": ["ko", "en"]},
        "theme": {"enum": ["auto", "light", "dark"]},
        "session_version": whole(1),
        "is_admin": FLAG,
        "created_at": MOMENT,
    },
    {"rows_owed": FLAG},
)


def fold_email(email: str) -> str:
    return email.strip().casefold()


def person_from(document: Document) -> Person:
    return Person(
        id=PersonId(document["_id"]),
        email=document["email"],
        name=document["name"],
        password_hash=document["password_hash"],
        language=document["language"],
        theme=document["theme"],
        session_version=document["session_version"],
        is_admin=document["is_admin"],
    )


def add(
    db: Db,
    *,
    email: str,
    name: str,
    password_hash: str,
    at: datetime,
    language: str = "ko",
    is_admin: bool = False,
) -> Person:
    """Add an account and return it. Raises Taken("email") when the address has one already.

    An empty `password_hash` means that no password opens the account yet.
    """
    document = {
        "_id": new_id(),
        "email": fold_email(email),
        "name": name,
        "password_hash": password_hash,
        "language": language,
        "theme": "auto",
        "session_version": 1,
        "is_admin": is_admin,
        "created_at": at,
    }
    try:
        db[NAME].insert_one(document)
    except DuplicateKeyError as error:
        raise Taken("email") from error
    return person_from(document)


def add_many(db: Db, new: list[Person], *, at: datetime) -> None:
    """Add these accounts; those whose id or address is there already stay as they are."""
    insert_new(
        db,
        NAME,
        [
            {
                "_id": person.id,
                "email": fold_email(person.email),
                "name": person.name,
                "password_hash": person.password_hash,
                "language": person.language,
                "theme": person.theme,
                "session_version": person.session_version,
                "is_admin": person.is_admin,
                "created_at": at,
            }
            for person in new
        ],
    )


def find(db: Db, person_id: PersonId) -> Person | None:
    document = db[NAME].find_one({"_id": person_id})
    return person_from(document) if document else None


def find_by_email(db: Db, email: str) -> Person | None:
    document = db[NAME].find_one({"email": fold_email(email)})
    return person_from(document) if document else None


def get_by_email(db: Db, email: str) -> Person:
    """Return the account with this address. Raises NotFound."""
    person = find_by_email(db, email)
    if person is None:
        raise NotFound("person", email)
    return person


def list_by_id(db: Db, ids: list[PersonId]) -> list[Person]:
    """Return the accounts with these ids, in no order."""
    return [person_from(document) for document in db[NAME].find({"_id": {"$in": ids}})]


def list_by_email(db: Db, emails: list[str]) -> dict[str, Person]:
    """Return the accounts with these folded addresses, by address."""
    found: dict[str, Person] = {}
    for batch in batches(emails):
        there = db[NAME].find({"email": {"$in": batch}})
        found |= {one["email"]: person_from(one) for one in there}
    return found


def set_profile(db: Db, person_id: PersonId, *, name: str, language: str, theme: str) -> None:
    """Set what people choose; the name is owed to their rows of figures from then on."""
    values = {"name": name, "language": language, "theme": theme, "rows_owed": True}
    _update(db, person_id, {"$set": values})


def list_owed(db: Db) -> list[Person]:
    return [person_from(document) for document in db[NAME].find({"rows_owed": True})]


def clear_owed(db: Db, person: Person) -> bool:
    """Say that the rows are paid, if the name is still the one that was set in them."""
    paid = db[NAME].update_one(
        {"_id": person.id, "name": person.name}, {"$unset": {"rows_owed": ""}}
    )
    return paid.matched_count == 1


def set_look(db: Db, person_id: PersonId, *, language: str, theme: str) -> None:
    _update(db, person_id, {"$set": {"language": language, "theme": theme}})


def set_password(db: Db, person_id: PersonId, password_hash: str, *, was: str) -> Person:
    """Replace the password and end every open session; return the account as it is now.

    `was` is the hash that the caller checked: a second change at the same time finds none.
    """
    return _update(
        db,
        person_id,
        {"$set": {"password_hash": password_hash}, "$inc": {"session_version": 1}},
        password_hash=was,
    )


def set_rehash(db: Db, person_id: PersonId, password_hash: str, *, was: str) -> None:
    """Store the same password under today's cost; sessions stay open."""
    db[NAME].update_one(
        {"_id": person_id, "password_hash": was}, {"$set": {"password_hash": password_hash}}
    )


def _update(db: Db, person_id: PersonId, change: Document, **also: Any) -> Person:
    done = db[NAME].update_one({"_id": person_id, **also}, change)
    person = find(db, person_id) if done.matched_count else None
    if person is None:
        raise NotFound("person", person_id)
    return person
