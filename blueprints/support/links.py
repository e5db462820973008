"""Addresses: one-time links to set a password, and the way back to where someone came from."""

from flask import current_app, has_request_context, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

from tracker.models import Person, PersonId

WELCOME_SECONDS = 3 * 24 * 3600
NEXT_MOST = 2_000  # characters


def welcome_link(person: Person) -> str:
    """Return the link that sets a password; it works once, for three days.

    A command has no address of its own: there the site's is PUBLIC_URL.
    """
    token = _signer().dumps([person.id, person.session_version])
    if has_request_context():
        return url_for("auth.welcome", token=token, _external=True)
    with current_app.test_request_context(base_url=current_app.config["PUBLIC_URL"]):
        return url_for("auth.welcome", token=token, _external=True)


def person_of_welcome(token: str) -> tuple[PersonId, int] | None:
    """Return who may use the link and at which session version; None if it is not one of ours."""
    try:
        person_id, session_version = _signer().loads(token, max_age=WELCOME_SECONDS)
    except (BadSignature, ValueError, TypeError):
        return None
    return PersonId(person_id), session_version


def safe_next(address: str | None) -> str:
    """Return the address if it is a path of this site, else "/"."""
    if not address or len(address) > NEXT_MOST or not address.startswith("/"):
        return "/"
    if address.startswith("//") or "\\" in address:
        return "/"
    return "/" if any(ord(char) <= 32 or ord(char) == 127 for char in address) else address


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="welcome")
