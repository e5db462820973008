"""The queue for live help: one's own place for learners, the whole of it for staff."""

import secrets

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from blueprints.help import bp
from blueprints.help.forms import TicketForm
from blueprints.help.pages import QueuePage
from blueprints.support.access import current_reader, own_enrolment, requires
from blueprints.support.database import get_db
from tracker.clock import utc_now
from tracker.errors import Conflict
from tracker.models import TicketId
from tracker.permissions import Permission, may
from tracker.reports.help_queue import place_of, queue_of, waits_of
from tracker.use_cases import queueing
from tracker.use_cases.queueing import Step, Turn


@bp.get("/cohorts/<slug:cohort>/help/queue")
@requires(Permission.VIEW_COHORT)
def queue(cohort: str) -> ResponseReturnValue:
    """Show staff the queue, and a learner their own place; htmx gets that part alone."""
    return show_queue(is_part="HX-Request" in request.headers)


@bp.post("/cohorts/<slug:cohort>/help/queue")
@requires(Permission.ASK_FOR_HELP)
def stand(cohort: str) -> ResponseReturnValue:
    """Stand in the queue, or show the form again (422)."""
    form = TicketForm()
    if not form.validate():
        return show_queue(form), 422
    queueing.stand(
        get_db(),
        own_enrolment(),
        current_reader().person,
        TicketId(secrets.token_hex(12)),
        form.topic.data,
        at=utc_now(),
    )
    return redirect(url_for(".queue", cohort=cohort))


@bp.post("/cohorts/<slug:cohort>/help/queue/own")
@requires(Permission.ASK_FOR_HELP)
def step(cohort: str) -> ResponseReturnValue:
    """Say that one is away, back, or leaves the queue."""
    what = request.form.get("what", "")
    if what not in set(Step):
        raise BadRequest
    try:
        queueing.step(get_db(), own_enrolment(), Step(what), at=utc_now())
    except Conflict:
        flash(_("Your place has changed in the meantime; this is how it stands now."), "warning")
    return redirect(url_for(".queue", cohort=cohort))


@bp.post("/cohorts/<slug:cohort>/help/queue/<id:ticket>")
@requires(Permission.ANSWER_HELP)
def turn(cohort: str, ticket: str) -> ResponseReturnValue:
    """Take a learner out of the queue, put them back, or end their turn."""
    what = request.form.get("what", "")
    if what not in set(Turn):
        raise BadRequest
    try:
        queueing.turn(get_db(), current_reader(), TicketId(ticket), Turn(what), at=utc_now())
    except Conflict:
        flash(_("A colleague was quicker, or the learner has left."), "warning")
    return redirect(url_for(".queue", cohort=cohort))


def show_queue(form: TicketForm | None = None, *, is_part: bool = False) -> str:
    """Return the queue as this reader may see it."""
    reader, now = current_reader(), utc_now()
    if reader.is_staff:
        page = QueuePage(
            reader=reader,
            now=now,
            may_change=may(reader, Permission.ANSWER_HELP),
            tickets=queue_of(get_db(), reader.cohort),
            waits=waits_of(get_db(), reader.cohort, now=now),
        )
    else:
        page = QueuePage(
            reader=reader,
            now=now,
            may_change=may(reader, Permission.ASK_FOR_HELP),
            tickets=[],
            place=place_of(get_db(), reader.cohort, own_enrolment()),
            form=form or TicketForm(formdata=None),
            is_part=is_part,
        )
    return render_template("help/_queue.html" if is_part else "help/queue.html", page=page)
