"""Mini-projects and capstones: brief, dates, my notes and the thread."""

from dataclasses import replace

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.projects import bp
from blueprints.projects.forms import NoteForm
from blueprints.projects.pages import ProjectPage, draft_key
from blueprints.support.access import current_reader, own_enrolment, requires
from blueprints.support.database import get_db
from blueprints.support.notices import say_saved
from tracker.clock import utc_now
from tracker.errors import Conflict, NotFound
from tracker.markdown import render
from tracker.models import Project, Role
from tracker.permissions import Permission, may
from tracker.reports.learners import project_note_of
from tracker.reports.membership import curriculum_of
from tracker.reports.threads import project_subject, thread_of
from tracker.use_cases.looking_back import save_project_note


@bp.get("/cohorts/<slug:cohort>/projects/<int(max=999):number>")
@requires(Permission.VIEW_COHORT)
def show(cohort: str, number: int) -> ResponseReturnValue:
    """Show a project, and to a learner the form of their notes."""
    return show_project(number)


@bp.post("/cohorts/<slug:cohort>/projects/<int(max=999):number>/note")
@requires(Permission.LOG_LESSON)
def save_note(cohort: str, number: int) -> ResponseReturnValue:
    """Save the learner's notes, or show the form again (422, 409)."""
    form, enrolment, project = NoteForm(), own_enrolment(), get_project(number)
    if not form.validate():
        return show_project(number, form), 422
    if project.archived:
        return show_project(number, form), 409
    note = replace(
        project_note_of(get_db(), enrolment, project),
        note=form.note.data,
        revision=form.revision.number,
    )
    try:
        save_project_note(get_db(), enrolment.cohort_id, note, by=enrolment.person_id, at=utc_now())
    except Conflict:
        return show_project(number, form, conflict=True), 409
    say_saved(_("Notes saved."), draft_key(cohort, number))
    return redirect(url_for(".show", cohort=cohort, number=number))


def get_project(number: int) -> Project:
    """Return the project, also one that left the curriculum. Raises NotFound."""
    project = curriculum_of(get_db(), current_reader().cohort).project_ever(number)
    if project is None:
        raise NotFound("project", number)
    return project


def show_project(number: int, form: NoteForm | None = None, *, conflict: bool = False) -> str:
    """Return the project's page, with the notes as typed or as saved."""
    reader, project = current_reader(), get_project(number)
    learner = reader.enrolment if reader.role is Role.LEARNER else None
    note = project_note_of(get_db(), learner, project) if learner else None
    may_write = may(reader, Permission.LOG_LESSON) and not project.archived
    if form is None and note and may_write:
        form = NoteForm(data={"note": note.note, "revision": str(note.revision)})
    if form is not None and note is not None and conflict:
        form.revision.data = str(note.revision)
    page = ProjectPage(
        reader=reader,
        step=curriculum_of(get_db(), reader.cohort).step(project.step_number),
        project=project,
        brief_html=render(project.brief),
        note=note,
        form=form,
        thread=thread_of(get_db(), reader, project_subject(project.id)),
        subject=project_subject(project.id),
        may_comment=may(reader, Permission.COMMENT),
        conflict=note if conflict else None,
    )
    return render_template("projects/show.html", page=page)
