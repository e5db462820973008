"""Help as learners meet it: ask, see what was answered, say whether it helped."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from blueprints.help import bp
from blueprints.help.forms import ERROR_MOST, TRIED_MOST, AskForm
from blueprints.help.pages import AskPage, OwnHelpPage, ProblemsPage, SimilarPage
from blueprints.support.access import current_reader, own_enrolment, requires
from blueprints.support.database import get_db
from blueprints.support.fields import clean_block
from blueprints.support.notices import say_saved
from tracker.clock import utc_now
from tracker.models import HelpRequestId, LogState, Verdict
from tracker.permissions import Permission, may
from tracker.reports.help import (
    answered_problems,
    own_requests,
    problems_to_answer,
    published,
    similar_to,
)
from tracker.reports.help_queue import place_of, queue_of
from tracker.reports.learners import log_of
from tracker.reports.membership import curriculum_of
from tracker.use_cases.asking_for_help import Asked, ask_for_help, judge_answer
from tracker.use_cases.settling_help import settle_help


@bp.get("/cohorts/<slug:cohort>/help")
@requires(Permission.VIEW_COHORT)
def index(cohort: str) -> ResponseReturnValue:
    """Show staff the problems, and a learner what they asked and what was answered."""
    reader, now = current_reader(), utc_now()
    if not reader.is_staff:
        enrolment = own_enrolment()
        page = OwnHelpPage(
            reader=reader,
            own=own_requests(get_db(), enrolment, now=now),
            place=place_of(get_db(), reader.cohort, enrolment),
            published=published(get_db(), reader.cohort, now=now),
            may_ask=may(reader, Permission.ASK_FOR_HELP),
        )
        return render_template("help/own.html", page=page)
    settle_help(get_db(), reader.cohort.id)
    answered = request.args.get("show") == "answered"
    listed = answered_problems if answered else problems_to_answer
    return render_template(
        "help/problems.html",
        page=ProblemsPage(
            reader=reader,
            problems=listed(get_db(), reader.cohort, now=now),
            answered=answered,
            in_queue=len(queue_of(get_db(), reader.cohort)),
            now=now,
        ),
    )


@bp.get("/cohorts/<slug:cohort>/help/ask")
@requires(Permission.ASK_FOR_HELP)
def ask(cohort: str) -> ResponseReturnValue:
    """Show the form: on what, what was tried, the error text."""
    return show_form(AskForm(formdata=None, data={"lesson": request.args.get("lesson", "")}))


@bp.post("/cohorts/<slug:cohort>/help/ask")
@requires(Permission.ASK_FOR_HELP)
def send(cohort: str) -> ResponseReturnValue:
    """Keep the request and let it join its problem, or show the form again (422)."""
    form, reader, enrolment = AskForm(), current_reader(), own_enrolment()
    curriculum = curriculum_of(get_db(), reader.cohort)
    form.offer(curriculum.lessons)
    if not form.validate():
        return show_form(form), 422
    problem = ask_for_help(
        get_db(),
        enrolment,
        reader.person,
        Asked(
            id=HelpRequestId(form.request_id),
            lesson=curriculum.lesson(form.lesson.data),
            tried=form.tried.data,
            error=form.error.data,
            mark_stuck=form.mark_stuck.data,
        ),
        at=utc_now(),
    )
    message = (
        _("There is an answer already: see below whether it helps.")
        if problem.answer
        else _("Sent. Your coaches see it now, and their answer comes here.")
    )
    say_saved(message, f"help:{cohort}")
    return redirect(url_for(".index", cohort=cohort))


@bp.post("/cohorts/<slug:cohort>/help/similar")
@requires(Permission.ASK_FOR_HELP)
def similar(cohort: str) -> ResponseReturnValue:
    """Answer with the solved problems that sound like what is being typed."""
    found = similar_to(
        get_db(),
        current_reader().cohort,
        tried=clean_block(request.form.get("tried", ""))[:TRIED_MOST],
        error=clean_block(request.form.get("error", ""))[:ERROR_MOST],
        now=utc_now(),
    )
    return render_template("help/_similar.html", page=SimilarPage(found=found))


@bp.post("/cohorts/<slug:cohort>/help/requests/<id:request_id>/verdict")
@requires(Permission.ASK_FOR_HELP)
def judge(cohort: str, request_id: str) -> ResponseReturnValue:
    """Keep whether the answer helped: "solved" or "still"."""
    said, number = request.form.get("verdict", ""), request.form.get("number", 0, type=int)
    if said not in set(Verdict):
        raise BadRequest
    judge_answer(
        get_db(),
        own_enrolment(),
        HelpRequestId(request_id),
        Verdict(said),
        number=number,
        at=utc_now(),
    )
    message = (
        _("Good. That helps the next ones, too.")
        if said == Verdict.SOLVED
        else _("Your coaches see that you are still stuck.")
    )
    say_saved(message, f"verdict:{request_id}")
    return redirect(url_for(".index", cohort=cohort))


def show_form(form: AskForm) -> str:
    """Return the page of the form; it offers to mark a lesson that is not stuck yet."""
    reader = current_reader()
    curriculum = curriculum_of(get_db(), reader.cohort)
    form.offer(curriculum.lessons)
    form.key.data = form.request_id
    lesson = curriculum.lesson(form.lesson.data or "")
    log = log_of(get_db(), own_enrolment(), lesson) if lesson else None
    offers_stuck = log is None or log.state is not LogState.STUCK
    page = AskPage(reader=reader, form=form, offers_stuck=offers_stuck)
    return render_template("help/ask.html", page=page)
