"""What only staff do on a learner's pages: set a lesson done, and write notes."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.cohorts import bp
from blueprints.cohorts.forms import DoneForm, EditNoteForm, NoteForm
from blueprints.cohorts.pages import NotePage
from blueprints.cohorts.routes import get_lesson, show_learner, show_log
from blueprints.support.access import current_reader, requires
from blueprints.support.database import get_db
from blueprints.support.notices import say_saved, say_undoable
from tracker.clock import utc_now
from tracker.errors import Conflict
from tracker.models import EnrolmentId, NoteId, StaffNote
from tracker.permissions import Permission
from tracker.reports.membership import learner_for
from tracker.use_cases import setting_done, staff_notes


@bp.post("/cohorts/<slug:cohort>/learners/<id:enrolment>/lessons/<slug:lesson>/done")
@requires(Permission.SET_DONE)
def set_done(cohort: str, enrolment: str, lesson: str) -> ResponseReturnValue:
    """Set the lesson done for the learner, with a reason, or show the form again (422)."""
    reader, found, form = current_reader(), get_lesson(lesson), DoneForm()
    place, person = learner_for(get_db(), reader, EnrolmentId(enrolment))
    if not form.validate():
        return show_log(enrolment, lesson, form), 422
    try:
        setting_done.set_done(get_db(), reader, place, found, reason=form.reason.data, at=utc_now())
        undo = url_for(".undo_done", cohort=cohort, enrolment=enrolment, lesson=lesson)
        say_undoable(_("Set done for %(name)s.", name=person.name), undo)
    except Conflict:
        flash(_("It was done already; nothing was changed."), "warning")
    return redirect(url_for(".learner_log", cohort=cohort, enrolment=enrolment, lesson=lesson))


@bp.post("/cohorts/<slug:cohort>/learners/<id:enrolment>/lessons/<slug:lesson>/undone")
@requires(Permission.SET_DONE)
def undo_done(cohort: str, enrolment: str, lesson: str) -> ResponseReturnValue:
    """Let what the learner logged count again."""
    reader, found = current_reader(), get_lesson(lesson)
    place, person = learner_for(get_db(), reader, EnrolmentId(enrolment))
    try:
        setting_done.undo_done(get_db(), reader, place, found, at=utc_now())
        flash(_("Undone: what %(name)s logged counts again.", name=person.name), "success")
    except Conflict:
        flash(_("It was undone already; nothing was changed."), "warning")
    return redirect(url_for(".learner_log", cohort=cohort, enrolment=enrolment, lesson=lesson))


@bp.post("/cohorts/<slug:cohort>/learners/<id:enrolment>/notes")
@requires(Permission.WRITE_STAFF_NOTES)
def add_note(cohort: str, enrolment: str) -> ResponseReturnValue:
    """Add a note on a learner, or show the form again (422)."""
    reader, form = current_reader(), NoteForm()
    place, _learner = learner_for(get_db(), reader, EnrolmentId(enrolment))
    if not form.validate():
        return show_learner(enrolment, form), 422
    staff_notes.add_note(get_db(), reader, place, form.text.data, at=utc_now())
    say_saved(_("Note added."), f"note:{enrolment}:")
    return redirect(url_for(".learner", cohort=cohort, enrolment=enrolment) + "#notes")


@bp.route("/cohorts/<slug:cohort>/notes/<id:note>", methods=["GET", "POST"])
@requires(Permission.WRITE_STAFF_NOTES)
def edit_note(cohort: str, note: str) -> ResponseReturnValue:
    """Show the form of one's own note, or save it (or show it again: 422, 409)."""
    reader = current_reader()
    found = staff_notes.own_note(get_db(), reader, NoteId(note))
    form = EditNoteForm(data={"text": found.text, "revision": found.revision})
    if not form.validate_on_submit():
        return show_note(found, form), 422 if form.errors else 200
    words, revision = form.text.data, form.revision.number
    try:
        staff_notes.edit_note(get_db(), reader, found, words, revision=revision, at=utc_now())
    except Conflict:
        found = staff_notes.own_note(get_db(), reader, NoteId(note))
        form.revision.data = str(found.revision)
        flash(conflict_words(found), "warning")
        return show_note(found, form), 409
    say_saved(_("Note saved."), f"note:{found.enrolment_id}:{note}")
    return redirect(to_notes(found))


@bp.post("/cohorts/<slug:cohort>/notes/<id:note>/delete")
@requires(Permission.WRITE_STAFF_NOTES)
def delete_note(cohort: str, note: str) -> ResponseReturnValue:
    """Delete one's own note; it can be brought back."""
    reader = current_reader()
    found = staff_notes.own_note(get_db(), reader, NoteId(note))
    staff_notes.delete_note(get_db(), reader, found, at=utc_now())
    say_undoable(_("The note is deleted."), url_for(".restore_note", cohort=cohort, note=note))
    return redirect(to_notes(found))


@bp.post("/cohorts/<slug:cohort>/notes/<id:note>/restore")
@requires(Permission.WRITE_STAFF_NOTES)
def restore_note(cohort: str, note: str) -> ResponseReturnValue:
    """Bring one's own note back."""
    reader = current_reader()
    found = staff_notes.own_note(get_db(), reader, NoteId(note))
    staff_notes.restore_note(get_db(), reader, found, at=utc_now())
    flash(_("The note is there again."), "success")
    return redirect(to_notes(found))


def show_note(note: StaffNote, form: EditNoteForm) -> str:
    page = NotePage(reader=current_reader(), note=note, form=form)
    return render_template("cohorts/note.html", page=page)


def conflict_words(note: StaffNote) -> str:
    """Say why what was typed is not saved, and what to do."""
    if note.deleted_at:
        return str(_("This note is deleted. Add what you wrote as a new note."))
    return str(_("This was saved elsewhere in the meantime. Save again to replace it."))


def to_notes(note: StaffNote) -> str:
    """Return the address of the notes on the learner's page."""
    slug = current_reader().cohort.slug
    return url_for(".learner", cohort=slug, enrolment=note.enrolment_id) + "#notes"
