"""The browsers of people who have signed in: their cookies, and the tokens of their forms."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_login.utils import _create_identifier
from flask_wtf.csrf import generate_csrf

from tests.browser.server import SECRET_KEY
from tracker.models import PersonId

AGENT = "didim-bench"


@dataclass(frozen=True)
class Visitor:
    """What a browser sends: `cookie` is the whole header, `token` goes into a form."""

    cookie: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie, "User-Agent": AGENT}


def visitor(person_id: PersonId, session_version: int = 1) -> Visitor:
    """Return the browser of someone who signed in."""
    app = Flask(__name__)
    app.secret_key = SECRET_KEY
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    with app.test_request_context(
        environ_base={"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": AGENT}
    ):
        token = generate_csrf()
        own = {"_user_id": f"{person_id}.{session_version}", "_fresh": True}
        session.update(own, _id=_create_identifier())
        return Visitor(f"session={signer.dumps(dict(session))}", token)
