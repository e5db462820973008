"""Who is signed in: Flask-Login over our accounts."""

from flask import Flask, g
from flask_login import LoginManager, UserMixin
from flask_wtf.csrf import generate_csrf

from blueprints.support.database import get_db
from tracker.models import Cohort, Person, PersonId
from tracker.reports.membership import find_member, find_person


class SignedIn(UserMixin):  # type: ignore[misc]
    """A person with an open session; the id names the version, so a new password ends it."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def get_id(self) -> str:
        return f"{self.person.id}.{self.person.session_version}"


def load_user(session_id: str) -> SignedIn | None:
    """Return who the session belongs to, None if it was ended."""
    person_id, _, version = session_id.partition(".")
    cohort: Cohort | None = g.get("cohort")  # the one that the view is about, read just now
    if cohort is None:
        person = find_person(get_db(), PersonId(person_id))
    else:
        person = find_member(get_db(), PersonId(person_id), cohort)
    if person is None or str(person.session_version) != version:
        return None
    return SignedIn(person)


def csrf_token() -> str:
    """Return the session's token; the library looks its settings up each time, seven on a page."""
    return str(g.get("csrf_token") or generate_csrf())


def init_app(app: Flask) -> None:
    app.jinja_env.globals["csrf_token"] = csrf_token
    manager = LoginManager(app)
    manager.user_loader(load_user)
