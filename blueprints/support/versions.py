"""Answers that stay the same until the cohort's version grows: ETag and 304."""

import hashlib
from threading import Lock
from time import monotonic

from flask import Response, make_response, request, session
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from blueprints.support.languages import theme
from tracker.models import Cohort, CohortId

SETTLE_SECONDS = 5.0

_settled_at: dict[CohortId, float] = {}
_lock = Lock()


def settling_is_due(cohort: Cohort) -> bool:
    """Tell whether this process shall look for debts: at most once in SETTLE_SECONDS."""
    now = monotonic()
    with _lock:
        due = now - _settled_at.get(cohort.id, -SETTLE_SECONDS) >= SETTLE_SECONDS
        if due:
            _settled_at[cohort.id] = now
    return due


def page_tag(cohort: Cohort, *parts: object) -> str:
    """Return the ETag of a page: what it shows hangs on the version, the reader and these parts."""
    generate_csrf()  # the page holds the session's token
    person = current_user.person
    seen = (
        cohort.version,
        person.id,
        person.session_version,
        person.name,
        get_locale(),
        theme(),
        session.get("csrf_token"),
        request.full_path,
        *parts,
    )
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]


def unchanged(tag: str) -> bool:
    """Tell whether the browser has this very answer, and no message waits to be shown."""
    return request.if_none_match.contains_weak(tag) and "_flashes" not in session


def not_modified(tag: str) -> Response:
    return tagged(make_response("", 304), tag)


def tagged(answer: ResponseReturnValue, tag: str) -> Response:
    """Return the answer with its tag; the browser asks again each time."""
    response = make_response(answer)
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
