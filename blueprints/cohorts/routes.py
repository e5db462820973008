"""Today, the cohort's page, and a learner's pages."""

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from blueprints.cohorts import bp
from blueprints.cohorts.forms import DoneForm, NoteForm
from blueprints.cohorts.pages import CohortPage, HomePage, LearnerPage, LogPage, TodayPage
from blueprints.support.access import current_person, current_reader, requires, signed_in
from blueprints.support.database import get_db
from tracker.clock import day_of, utc_now
from tracker.errors import NotFound
from tracker.models import EnrolmentId, Lesson, Reader, Role
from tracker.permissions import Permission, may
from tracker.reports.learners import learnt_by, log_of, sections_of, today_of
from tracker.reports.membership import curriculum_of, learner_for, readers_of
from tracker.reports.people import notes_on
from tracker.reports.posts_out import unfiled_of
from tracker.reports.threads import log_subject, thread_of


@bp.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """Show a learner's day; send staff to their dashboard."""
    readers = readers_of(get_db(), current_person())
    learning = [reader for reader in readers if reader.role is Role.LEARNER]
    if learning:
        return show_today(_running(learning), tuple(readers))
    if len(readers) == 1:
        return redirect(url_for("dashboard.show", cohort=readers[0].cohort.slug))
    page = HomePage(readers=tuple(readers), person=current_person())
    return render_template("cohorts/home.html", page=page)


def show_today(reader: Reader, readers: tuple[Reader, ...]) -> ResponseReturnValue:
    """Show the day of this learner."""
    assert reader.enrolment is not None, "a learner has a place"
    g.reader = reader
    now = utc_now()
    today = day_of(now, reader.cohort.time_zone)
    page = TodayPage(
        reader=reader,
        others=tuple(other for other in readers if other is not reader),
        today=today,
        day=today_of(get_db(), reader.cohort, reader.enrolment, today=today, now=now),
        may_log=may(reader, Permission.LOG_LESSON),
    )
    return render_template("cohorts/today.html", page=page)


@bp.get("/cohorts/<slug:cohort>/")
@requires(Permission.VIEW_COHORT)
def show(cohort: str) -> ResponseReturnValue:
    """Show the steps with their lessons and projects."""
    reader = current_reader()
    own = reader.enrolment if reader.role is Role.LEARNER else None
    page = CohortPage(
        reader=reader,
        sections=sections_of(get_db(), reader.cohort, own),
        today=day_of(utc_now(), reader.cohort.time_zone),
    )
    return render_template("cohorts/show.html", page=page)


@bp.get("/cohorts/<slug:cohort>/learners/<id:enrolment>")
@requires(Permission.VIEW_COHORT)
def learner(cohort: str, enrolment: str) -> ResponseReturnValue:
    """Show one learner's logs, to staff and to themselves."""
    return show_learner(enrolment)


def show_learner(enrolment: str, form: NoteForm | None = None) -> str:
    """Return the learner's page, with the staff's form as it was typed."""
    reader = current_reader()
    place, person = learner_for(get_db(), reader, EnrolmentId(enrolment))
    own = person.id == reader.person.id
    learnt = learnt_by(get_db(), reader.cohort, place)
    may_note = may(reader, Permission.WRITE_STAFF_NOTES)
    page = LearnerPage(
        reader=reader,
        learner=person,
        enrolment=place,
        sections=learnt.sections,
        left=learnt.left,
        left_steps=learnt.left_steps,
        unfiled=tuple(unfiled_of(get_db(), place)) if own else (),
        notes=notes_on(get_db(), reader, place),
        form=form or NoteForm(formdata=None) if may_note else None,
    )
    return render_template("cohorts/learner.html", page=page)


@bp.get("/cohorts/<slug:cohort>/learners/<id:enrolment>/lessons/<slug:lesson>")
@requires(Permission.VIEW_COHORT)
def learner_log(cohort: str, enrolment: str, lesson: str) -> ResponseReturnValue:
    """Show one learner's log of one lesson with its thread."""
    return show_log(enrolment, lesson)


def show_log(enrolment: str, lesson: str, form: DoneForm | None = None) -> str:
    """Return the log's page, with the staff's form as it was typed."""
    reader, found = current_reader(), get_lesson(lesson, ever=True)
    place, person = learner_for(get_db(), reader, EnrolmentId(enrolment))
    subject = log_subject(place.id, found.id)
    may_set_done = may(reader, Permission.SET_DONE) and not found.archived
    page = LogPage(
        reader=reader,
        learner=person,
        enrolment=place,
        lesson=found,
        log=log_of(get_db(), place, found),
        thread=thread_of(get_db(), reader, subject),
        subject=subject,
        may_comment=may(reader, Permission.COMMENT),
        form=form or DoneForm(formdata=None) if may_set_done else None,
    )
    return render_template("cohorts/learner_log.html", page=page)


def get_lesson(slug: str, *, ever: bool = False) -> Lesson:
    """Return the lesson with this slug; with `ever`, also one that left. Raises NotFound."""
    curriculum = curriculum_of(get_db(), current_reader().cohort)
    lesson = curriculum.lesson_ever(slug) if ever else curriculum.lesson(slug)
    if lesson is None:
        raise NotFound("lesson", slug)
    return lesson


def _running(readers: list[Reader]) -> Reader:
    """Return the cohort that runs today, else the latest."""
    now = utc_now()
    for reader in readers:
        cohort = reader.cohort
        if cohort.starts_on <= day_of(now, cohort.time_zone) <= cohort.ends_on:
            return reader
    return readers[0]
