"""The look back on a step, beside the logs of its lessons."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.retrospectives import bp
from blueprints.retrospectives.forms import RetrospectiveForm
from blueprints.retrospectives.pages import RetrospectivePage, draft_key
from blueprints.support.access import current_reader, own_enrolment, requires
from blueprints.support.database import get_db
from blueprints.support.notices import say_saved
from tracker.clock import utc_now
from tracker.errors import Conflict, NotFound
from tracker.models import Enrolment, EnrolmentId, Person, Retrospective, Role, Step
from tracker.permissions import Permission, may
from tracker.reports.learners import logs_of_step, retrospective_of
from tracker.reports.membership import curriculum_of, learner_for
from tracker.reports.threads import retrospective_subject, thread_of
from tracker.use_cases.looking_back import save_retrospective


@bp.get("/cohorts/<slug:cohort>/steps/<int(max=99):number>/retrospective")
@requires(Permission.VIEW_COHORT)
def show(cohort: str, number: int) -> ResponseReturnValue:
    """Show a learner's look back: their own, or for staff the one of `?learner=`."""
    return show_retrospective(number)


@bp.post("/cohorts/<slug:cohort>/steps/<int(max=99):number>/retrospective")
@requires(Permission.LOG_LESSON)
def save(cohort: str, number: int) -> ResponseReturnValue:
    """Save the learner's look back, or show the form again (422, 409)."""
    form, enrolment, step = RetrospectiveForm(), own_enrolment(), get_step(number)
    if not form.validate():
        return show_retrospective(number, form), 422
    if step.archived:
        return show_retrospective(number, form), 409
    written = Retrospective(
        enrolment_id=enrolment.id,
        step_id=step.id,
        good=form.good.data,
        lacking=form.lacking.data,
        next_try=form.next_try.data,
        revision=form.revision.number,
    )
    try:
        save_retrospective(
            get_db(), enrolment.cohort_id, written, by=enrolment.person_id, at=utc_now()
        )
    except Conflict:
        return show_retrospective(number, form, conflict=True), 409
    say_saved(_("Your look back is saved."), draft_key(cohort, number))
    return redirect(url_for(".show", cohort=cohort, number=number))


def get_step(number: int) -> Step:
    """Return the step, also one that left the curriculum. Raises NotFound."""
    step = curriculum_of(get_db(), current_reader().cohort).step_ever(number)
    if step is None:
        raise NotFound("step", number)
    return step


def get_learner() -> tuple[Enrolment, Person]:
    """Return whose look back is asked for: the one of `?learner=`, else the reader's own."""
    reader = current_reader()
    asked = request.args.get("learner", "")
    if asked:
        return learner_for(get_db(), reader, EnrolmentId(asked))
    if reader.enrolment is None or reader.role is not Role.LEARNER:
        raise NotFound("retrospective", "of staff")
    return reader.enrolment, reader.person


def show_retrospective(
    number: int, form: RetrospectiveForm | None = None, *, conflict: bool = False
) -> str:
    """Return the page, with the boxes as typed or as saved."""
    reader, step = current_reader(), get_step(number)
    enrolment, person = get_learner()
    saved = retrospective_of(get_db(), enrolment, step)
    own = person.id == reader.person.id
    may_write = may(reader, Permission.LOG_LESSON) and not step.archived
    if form is None and own and may_write:
        form = RetrospectiveForm(data={**vars(saved), "revision": str(saved.revision)})
    if form is not None and conflict:
        form.revision.data = str(saved.revision)
    subject = retrospective_subject(enrolment.id, step.id)
    page = RetrospectivePage(
        reader=reader,
        learner=person,
        enrolment=enrolment,
        step=step,
        rows=logs_of_step(get_db(), reader.cohort, enrolment, step),
        retrospective=saved,
        form=form,
        thread=thread_of(get_db(), reader, subject),
        subject=subject,
        may_comment=may(reader, Permission.COMMENT),
        conflict=saved if conflict else None,
    )
    return render_template("retrospectives/show.html", page=page)
