"""A lesson: its outline, its thread, and the learner's log of it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.lessons import bp
from blueprints.lessons.forms import LineForm, LogForm
from blueprints.lessons.pages import LessonPage, LinePage, draft_key
from blueprints.support.access import current_reader, own_enrolment, requires, signed_in
from blueprints.support.database import get_db
from blueprints.support.fields import clean_block
from blueprints.support.limits import account_key, limiter
from blueprints.support.notices import say_saved
from tracker.clock import day_of, utc_now
from tracker.errors import Conflict, NotFound
from tracker.markdown import render
from tracker.models import Lesson, LogState, LogSummary, Reader, Role
from tracker.permissions import Permission, may
from tracker.reports.help import known_problems
from tracker.reports.learners import LessonRow, log_of
from tracker.reports.membership import curriculum_of
from tracker.reports.pulse import pulse_at
from tracker.reports.threads import lesson_subject, thread_of
from tracker.rules.pulse import LessonPulse
from tracker.use_cases.logging_a_lesson import log_lesson, log_line

PREVIEW_MOST = 200_000


@bp.get("/cohorts/<slug:cohort>/lessons/<slug:lesson>")
@requires(Permission.VIEW_COHORT)
def show(cohort: str, lesson: str) -> ResponseReturnValue:
    """Show the lesson, and to a learner the form of their log."""
    return show_lesson(lesson)


@bp.post("/cohorts/<slug:cohort>/lessons/<slug:lesson>/log")
@requires(Permission.LOG_LESSON)
def save_log(cohort: str, lesson: str) -> ResponseReturnValue:
    """Save the learner's log of one lesson, or show the form again (422, 409)."""
    form = LogForm()
    if not form.validate():
        return show_lesson(lesson, form), 422
    enrolment, found = own_enrolment(), get_lesson(lesson)
    if found.archived:
        return show_lesson(lesson, form), 409
    try:
        log_lesson(
            get_db(),
            enrolment,
            found,
            form.entry(),
            revision=form.revision.number,
            by=enrolment.person_id,
            at=utc_now(),
        )
    except Conflict:
        return show_lesson(lesson, form, conflict=True), 409
    say_saved(_("Log saved."), draft_key(cohort, lesson))
    return redirect(url_for(".show", cohort=cohort, lesson=lesson))


@bp.post("/cohorts/<slug:cohort>/lessons/<slug:lesson>/line")
@requires(Permission.LOG_LESSON)
def save_line(cohort: str, lesson: str) -> ResponseReturnValue:
    """Save the state and the one line from Today; answer with the row (or go back there)."""
    form, enrolment, found = LineForm(), own_enrolment(), get_lesson(lesson)
    problem = ""
    if not form.validate():
        problem = " ".join(error for errors in form.errors.values() for error in errors)
    elif found.archived:
        problem = _("This lesson is no longer in the curriculum.")
    else:
        try:
            log_line(
                get_db(),
                enrolment,
                found,
                state=LogState(form.state.data),
                line=form.line.data,
                revision=form.revision.number,
                at=utc_now(),
            )
        except Conflict:
            problem = _("This was saved elsewhere in the meantime. Save again to replace it.")
    if not request.headers.get("HX-Request") and not problem:
        flash(_("Log saved."))
        return redirect(url_for("cohorts.home"))
    return show_line(found, form, problem), 422 if problem else 200


@bp.post("/preview")
@signed_in
@limiter.limit("60/minute", key_func=account_key)
def preview() -> ResponseReturnValue:
    """Answer with the note's HTML."""
    note = clean_block(request.form.get("note", ""))[:PREVIEW_MOST]
    return render_template("lessons/_preview.html", html=render(note))


def get_lesson(slug: str) -> Lesson:
    """Return the lesson, also one that left the curriculum. Raises NotFound."""
    lesson = curriculum_of(get_db(), current_reader().cohort).lesson_ever(slug)
    if lesson is None:
        raise NotFound("lesson", slug)
    return lesson


def show_lesson(slug: str, form: LogForm | None = None, *, conflict: bool = False) -> str:
    """Return the lesson's page, with the form as typed or as saved."""
    reader, lesson = current_reader(), get_lesson(slug)
    learner = reader.enrolment if reader.role is Role.LEARNER else None
    log = log_of(get_db(), learner, lesson) if learner else None
    if form is None and learner and may(reader, Permission.LOG_LESSON) and not lesson.archived:
        form = LogForm.of(log.entry if log else None, log.revision if log else 0)
    if form is not None and conflict:
        form.revision.data = str(log.revision if log else 0)
    subject = lesson_subject(lesson.id)
    page = LessonPage(
        reader=reader,
        step=curriculum_of(get_db(), reader.cohort).step(lesson.step_number),
        lesson=lesson,
        log=log,
        form=form,
        thread=thread_of(get_db(), reader, subject),
        subject=subject,
        may_comment=may(reader, Permission.COMMENT),
        conflict=log if conflict else None,
        pulse=pulse_for_staff(reader, lesson),
        known=known_problems(get_db(), reader.cohort, lesson) if reader.is_staff else (),
    )
    return render_template("lessons/show.html", page=page)


def pulse_for_staff(reader: Reader, lesson: Lesson) -> LessonPulse | None:
    """Return what learners said of the lesson, to staff alone."""
    if lesson.archived or not may(reader, Permission.SEE_LEARNERS):
        return None
    curriculum = curriculum_of(get_db(), reader.cohort)
    today = day_of(utc_now(), reader.cohort.time_zone)
    return pulse_at(get_db(), reader.cohort, curriculum, today=today).of(lesson)


def show_line(lesson: Lesson, form: LineForm, problem: str) -> str:
    """Return the row of one lesson, as typed where there is a problem."""
    log = log_of(get_db(), own_enrolment(), lesson)
    page = LinePage(
        cohort=current_reader().cohort,
        row=LessonRow(lesson, log.summary if log else LogSummary()),
        problem=problem,
        typed=form.line.data if problem else None,
        chosen=form.state.data if problem else None,
        saved_at=log.updated_at if log and not problem else None,
    )
    return render_template("lessons/_line.html", page=page)
