"""Staff look at pages as one of their learners: two pages, read-only, until they stop.

Only pages that hold nothing for the learner's eyes alone are shown: a post that is not filed, or
a comment "only for me", stays the learner's.
"""

from flask import Flask, g, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.support.database import get_db
from blueprints.support.errors import ErrorPage
from tracker.errors import NotFound
from tracker.models import EnrolmentId
from tracker.reports.membership import viewed_learner

VIEWING = "viewing"  # the session's key of the learner's place and the cohort's slug
SHOWN = frozenset({"cohorts.home", "cohorts.show"})
ALWAYS = frozenset({"people.stop_viewing", "auth.logout", "ops.healthz", "ops.readyz", "static"})


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
        remedy=_("Today and the lessons are shown, and nothing can be changed. Stop first."),
    )
    return render_template("errors/error.html", page=page), 403


def init_app(app: Flask) -> None:
    app.before_request(look_through_their_eyes)
