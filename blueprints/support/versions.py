"""Answers that stay the same until the cohort's version grows: ETag and 304."""

import hashlib
from collections.abc import Callable

from flask import Response, current_app, make_response, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from blueprints.support.languages import code, theme
from tracker.models import Cohort
from tracker.reports.kept import Kept

PAGES_KEPT = 40
"""For each process; a dashboard of 1,000 learners is some 100 KB."""

_pages: Kept[tuple[object, ...], int, tuple[bytes, str | None]] = Kept(most=PAGES_KEPT)


def versioned(
    cohort: Cohort, render: Callable[[], ResponseReturnValue], *parts: object
) -> Response:
    """Answer with a page that stays the same until the cohort's version or a part changes.

    The browser that has it gets 304; a process renders it once. A page on which a message waits
    to be shown is rendered for this once, and has no tag.
    """
    if "_flashes" in session:
        return make_response(render())
    seen = what_is_seen(cohort, *parts)
    tag = hashlib.sha256(repr((cohort.version, *seen)).encode()).hexdigest()[:32]
    if request.if_none_match.contains_weak(tag):
        return tagged(make_response("", 304), tag)
    body, mimetype = _pages.find(seen, cohort.version) or (b"", "")
    if not body:
        response = make_response(render())
        body, mimetype = response.get_data(), response.mimetype
        _pages.put(seen, cohort.version, (body, mimetype))
    return tagged(current_app.response_class(body, mimetype=mimetype), tag)


def what_is_seen(cohort: Cohort, *parts: object) -> tuple[object, ...]:
    """Return what a page hangs on beside the version: the reader, the address and these parts."""
    if "csrf_token" not in session:
        generate_csrf()  # the page holds the session's token
    person = current_user.person
    return (
        cohort.id,
        person.id,
        person.session_version,
        person.name,
        code(),
        theme(),
        session.get("csrf_token"),
        request.full_path,
        *parts,
    )


def tagged(response: Response, tag: str) -> Response:
    """Return the answer with its tag; the browser asks again each time."""
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
