"""Staff look at pages as one of their learners: two pages, read-only, until they stop.

Only pages that hold nothing for the learner's eyes alone are shown: a post that is not filed, or
a comment "only for me", stays the learner's.
"""

import re
from html import unescape
from urllib.parse import unquote, urlsplit

from flask import Flask, Response, current_app, g, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from blueprints.support.database import get_db
from blueprints.support.errors import ErrorPage
from tracker.errors import NotFound
from tracker.models import EnrolmentId
from tracker.reports.membership import viewed_learner

VIEWING = "viewing"  # the session's key of the learner's place and the cohort's slug
SHOWN = frozenset({"cohorts.home", "cohorts.show"})
ALWAYS = frozenset({"people.stop_viewing", "auth.logout", "ops.healthz", "ops.readyz", "static"})

LINK = re.compile(r'(?P<tag><a\b[^>]*?) href="(?P<address>[^"]*)"')


def look_through_their_eyes() -> ResponseReturnValue | None:
    """Let the learner's pages be read; refuse everything else meanwhile, every change above all."""
    g.viewed = None
    if request.endpoint in ALWAYS or VIEWING not in session or not current_user.is_authenticated:
        return None
    place_id, _slug = session[VIEWING]
    try:
        g.viewed = viewed_learner(get_db(), current_user.person, EnrolmentId(place_id))
    except NotFound:  # no learner of theirs any more
        session.pop(VIEWING)
        return None
    if request.endpoint in SHOWN and request.method in {"GET", "HEAD"}:
        return None
    page = ErrorPage(
        code=403,
        title=_("Not while you look as a learner"),
        remedy=_(
            "Today and the list of all lessons are shown, no other page, and nothing can be"
            " changed. To go elsewhere, choose Stop."
        ),
    )
    return render_template("errors/error.html", page=page), 403


def unlink_what_is_refused(response: Response) -> Response:
    """Leave of a page's links those that lead somewhere meanwhile; the others become text."""
    if g.get("viewed") and response.mimetype == "text/html":
        response.set_data(LINK.sub(_as_it_may_stand, response.get_data(as_text=True)))
    return response


def _as_it_may_stand(link: re.Match[str]) -> str:
    return link[0] if _is_open(unescape(link["address"])) else link["tag"]


def _is_open(address: str) -> bool:
    path = unquote(urlsplit(address).path)
    if not address.startswith("/"):
        return True  # a place on this page, or somewhere else altogether
    try:
        endpoint, _values = current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    return endpoint in SHOWN | ALWAYS


def init_app(app: Flask) -> None:
    app.before_request(look_through_their_eyes)
    app.after_request(unlink_what_is_refused)
