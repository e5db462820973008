"""A problem as staff work on it: take it, answer it, merge it, split it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.help import bp
from blueprints.help.forms import AnswerForm, MergeForm, SplitForm
from blueprints.help.pages import ProblemPage
from blueprints.support.access import current_reader, requires
from blueprints.support.database import get_db
from blueprints.support.notices import say_saved
from tracker.clock import utc_now
from tracker.errors import Conflict
from tracker.models import HelpRequestId, Problem, ProblemId
from tracker.permissions import Permission, may
from tracker.reports.help import others_like, requests_of
from tracker.reports.membership import curriculum_of
from tracker.use_cases.answering_help import (
    answer_problem,
    merge_problems,
    problem_for,
    release_problem,
    split_problem,
    take_problem,
)


@bp.get("/cohorts/<slug:cohort>/help/problems/<id:problem>")
@requires(Permission.SEE_LEARNERS)
def problem(cohort: str, problem: str) -> ResponseReturnValue:
    """Show who has the problem, and its answer; a merged one leads to where it went."""
    found = problem_for(get_db(), current_reader(), ProblemId(problem))
    if found.id != problem:
        return back_to(found.id)
    return show_problem(found)


@bp.post("/cohorts/<slug:cohort>/help/problems/<id:problem>/take")
@requires(Permission.ANSWER_HELP)
def take(cohort: str, problem: str) -> ResponseReturnValue:
    """Become the owner of the problem, unless a colleague was quicker."""
    try:
        take_problem(get_db(), current_reader(), ProblemId(problem), at=utc_now())
    except Conflict:
        flash(_("This problem is taken already."))
    return back_to(ProblemId(problem))


@bp.post("/cohorts/<slug:cohort>/help/problems/<id:problem>/release")
@requires(Permission.ANSWER_HELP)
def release(cohort: str, problem: str) -> ResponseReturnValue:
    """Give the problem back, so that a colleague can take it."""
    try:
        release_problem(get_db(), current_reader(), ProblemId(problem), at=utc_now())
    except Conflict:
        flash(_("It is no longer yours to give back."), "warning")
    return back_to(ProblemId(problem))


@bp.post("/cohorts/<slug:cohort>/help/problems/<id:problem>/answer")
@requires(Permission.ANSWER_HELP)
def answer(cohort: str, problem: str) -> ResponseReturnValue:
    """Set the answer for all who have the problem, or show the form again (422, 409)."""
    found = problem_for(get_db(), current_reader(), ProblemId(problem))
    form = AnswerForm()
    if not form.validate():
        return show_problem(found, answer=form), 422
    try:
        answer_problem(
            get_db(),
            current_reader(),
            found.id,
            title=form.title.data,
            text=form.text.data,
            number=form.number.number,
            at=utc_now(),
        )
    except Conflict:
        found = problem_for(get_db(), current_reader(), found.id)
        form.number.data = str(found.answer.number if found.answer else 0)
        flash(_("This was saved elsewhere in the meantime. Save again to replace it."), "warning")
        return show_problem(found, answer=form), 409
    say_saved(_("The answer reaches everyone who has this problem."), f"answer:{problem}")
    return back_to(found.id)


@bp.post("/cohorts/<slug:cohort>/help/problems/<id:problem>/merge")
@requires(Permission.ANSWER_HELP)
def merge(cohort: str, problem: str) -> ResponseReturnValue:
    """Make this problem and another one, or show the form again (422)."""
    reader = current_reader()
    found = problem_for(get_db(), reader, ProblemId(problem))
    form = merge_form(found)
    if not form.validate():
        return show_problem(found, merge=form), 422
    kept = merge_problems(get_db(), reader, found.id, ProblemId(form.into.data), at=utc_now())
    flash(_("The two problems are one now."), "success")
    return back_to(kept)


@bp.post("/cohorts/<slug:cohort>/help/problems/<id:problem>/split")
@requires(Permission.ANSWER_HELP)
def split(cohort: str, problem: str) -> ResponseReturnValue:
    """Make a problem of their own of some requests, or show the form again (422)."""
    found = problem_for(get_db(), current_reader(), ProblemId(problem))
    form = SplitForm()
    if not form.validate():
        return show_problem(found, split=form), 422
    new = split_problem(
        get_db(),
        current_reader(),
        found.id,
        requests=[HelpRequestId(each) for each in form.requests.data or []],
        title=form.new_title.data,
        at=utc_now(),
    )
    flash(_("These requests are a problem of their own now."), "success")
    return back_to(new)


def back_to(problem_id: ProblemId) -> ResponseReturnValue:
    cohort = current_reader().cohort.slug
    return redirect(url_for(".problem", cohort=cohort, problem=problem_id))


def merge_form(found: Problem) -> MergeForm:
    """Return the form that offers the other problems of the cohort."""
    form = MergeForm()
    form.offer(others_like(get_db(), current_reader().cohort, found, now=utc_now()))
    return form


def answer_form(found: Problem) -> AnswerForm:
    """Return the form filled with the answer as it stands."""
    answer = found.answer
    return AnswerForm(
        formdata=None,
        data={
            "title": found.title,
            "text": answer.text if answer else "",
            "number": str(answer.number if answer else 0),
        },
    )


def show_problem(
    found: Problem,
    *,
    answer: AnswerForm | None = None,
    merge: MergeForm | None = None,
    split: SplitForm | None = None,
) -> str:
    """Return the page of a problem, with the forms as typed or as saved."""
    reader = current_reader()
    may_answer = may(reader, Permission.ANSWER_HELP)
    page = ProblemPage(
        reader=reader,
        problem=found,
        requests=requests_of(get_db(), found),
        curriculum=curriculum_of(get_db(), reader.cohort),
        answer=(answer or answer_form(found)) if may_answer else None,
        merge=(merge or merge_form(found)) if may_answer else None,
        split=(split or SplitForm(formdata=None)) if may_answer else None,
    )
    return render_template("help/problem.html", page=page)
