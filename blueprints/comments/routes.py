"""Threads of comments: write, answer, edit, delete and undo."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.comments import bp
from blueprints.comments.forms import CommentForm
from blueprints.comments.pages import CommentPage
from blueprints.support.access import current_reader, requires
from blueprints.support.converters import COMMENT_ID
from blueprints.support.database import get_db
from blueprints.support.notices import say_saved, say_undoable
from tracker.clock import utc_now
from tracker.errors import NotFound
from tracker.models import Comment, CommentId, SubjectKind, Visibility
from tracker.permissions import Permission
from tracker.reports.threads import Subject, subject_for
from tracker.use_cases.commenting import (
    Draft,
    add_comment,
    comment_for,
    delete_comment,
    edit_comment,
    own_comment,
    restore_comment,
)


@bp.get("/cohorts/<slug:cohort>/comments/new")
@requires(Permission.COMMENT)
def write(cohort: str) -> ResponseReturnValue:
    """Show the form of an answer."""
    subject = subject_for(get_db(), current_reader(), request.args.get("subject", ""))
    form = CommentForm(request.args)
    return show_form(form, subject, parent=_parent_of(form))


@bp.post("/cohorts/<slug:cohort>/comments")
@requires(Permission.COMMENT)
def add(cohort: str) -> ResponseReturnValue:
    """Add a comment under a lesson, project, log or retrospective, or show the form again."""
    form = CommentForm()
    subject = subject_for(get_db(), current_reader(), form.subject.data or "")
    parent = _parent_of(form)
    if not form.validate():
        return show_form(form, subject, parent=parent), 422
    draft = Draft(
        text=form.text.data,
        visibility=Visibility(form.visibility.data),
        subject=subject.key,
        place=subject.place,
        parent_id=parent.id if parent else None,
    )
    comment = add_comment(get_db(), current_reader(), draft, at=utc_now())
    say_saved(_("Comment added."), f"comment:{subject.key}:{parent.id if parent else ''}")
    return redirect(address_of(subject, comment))


@bp.route("/cohorts/<slug:cohort>/comments/<comment_id:comment>/edit", methods=["GET", "POST"])
@requires(Permission.COMMENT)
def edit(cohort: str, comment: str) -> ResponseReturnValue:
    """Show a comment's form, or save it."""
    found = own_comment(get_db(), current_reader(), CommentId(comment))
    subject = subject_for(get_db(), current_reader(), found.subject)
    form = CommentForm(data={"text": found.text, "visibility": found.visibility.value})
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return show_form(form, subject, comment=found), status
    edit_comment(
        get_db(),
        current_reader(),
        found.id,
        text=form.text.data,
        visibility=Visibility(form.visibility.data),
        at=utc_now(),
    )
    say_saved(_("Comment saved."), f"edit:{found.id}")
    return redirect(address_of(subject, found))


@bp.post("/cohorts/<slug:cohort>/comments/<comment_id:comment>/delete")
@requires(Permission.COMMENT)
def delete(cohort: str, comment: str) -> ResponseReturnValue:
    """Delete a comment, and offer to undo it."""
    found = own_comment(get_db(), current_reader(), CommentId(comment))
    subject = subject_for(get_db(), current_reader(), found.subject)
    delete_comment(get_db(), current_reader(), found.id, at=utc_now())
    say_undoable(_("Comment deleted."), url_for(".restore", cohort=cohort, comment=comment))
    return redirect(address_of(subject))


@bp.post("/cohorts/<slug:cohort>/comments/<comment_id:comment>/restore")
@requires(Permission.COMMENT)
def restore(cohort: str, comment: str) -> ResponseReturnValue:
    """Bring a deleted comment back."""
    found = restore_comment(get_db(), current_reader(), CommentId(comment), at=utc_now())
    return redirect(address_of(subject_for(get_db(), current_reader(), found.subject), found))


@bp.get("/cohorts/<slug:cohort>/comments/<comment_id:comment>")
@requires(Permission.VIEW_COHORT)
def find(cohort: str, comment: str) -> ResponseReturnValue:
    """Lead to the page that a comment stands on."""
    found = comment_for(get_db(), current_reader(), CommentId(comment))
    return redirect(address_of(subject_for(get_db(), current_reader(), found.subject), found))


def address_of(subject: Subject, comment: Comment | None = None) -> str:
    """Return the address of the page that a thread stands on."""
    cohort, anchor = current_reader().cohort.slug, f"comment-{comment.id}" if comment else "thread"
    if subject.kind is SubjectKind.PROJECT and subject.project:
        return url_for(
            "projects.show", cohort=cohort, number=subject.project.number, _anchor=anchor
        )
    if subject.kind is SubjectKind.RETROSPECTIVE and subject.step and subject.enrolment:
        return url_for(
            "retrospectives.show",
            cohort=cohort,
            number=subject.step.number,
            learner=None if _is_own(subject) else subject.enrolment.id,
            _anchor=anchor,
        )
    assert subject.lesson is not None, "a lesson's thread or a log's"
    if subject.kind is SubjectKind.LOG and subject.enrolment:
        return url_for(
            "cohorts.learner_log",
            cohort=cohort,
            enrolment=subject.enrolment.id,
            lesson=subject.lesson.slug,
            _anchor=anchor,
        )
    return url_for("lessons.show", cohort=cohort, lesson=subject.lesson.slug, _anchor=anchor)


def show_form(
    form: CommentForm,
    subject: Subject,
    *,
    comment: Comment | None = None,
    parent: Comment | None = None,
) -> str:
    """Return the page of one comment's form."""
    reader = current_reader()
    action = (
        url_for(".edit", cohort=reader.cohort.slug, comment=comment.id)
        if comment
        else url_for(".add", cohort=reader.cohort.slug)
    )
    page = CommentPage(
        reader=reader,
        form=form,
        action=action,
        back=address_of(subject, comment or parent),
        place=subject.place,
        comment=comment,
        parent=parent,
    )
    return render_template("comments/form.html", page=page)


def _parent_of(form: CommentForm) -> Comment | None:
    if not form.parent.data:
        return None
    if not COMMENT_ID.fullmatch(form.parent.data):
        raise NotFound("comment", form.parent.data)
    return comment_for(get_db(), current_reader(), CommentId(form.parent.data))


def _is_own(subject: Subject) -> bool:
    own = current_reader().enrolment
    return own is not None and subject.enrolment is not None and own.id == subject.enrolment.id
