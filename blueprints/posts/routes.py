"""Posts in and out."""

import io
import zipfile

from flask import flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import Forbidden

from blueprints.posts import bp
from blueprints.posts.forms import ConfirmForm, ImportForm
from blueprints.posts.pages import ImportPage, PostPage, PostsPage
from blueprints.posts.places import places_from
from blueprints.support.access import current_person, signed_in
from blueprints.support.database import get_db
from blueprints.support.fields import clean_text
from blueprints.support.limits import account_key, limiter
from blueprints.support.notices import say_saved
from blueprints.support.uploads import takes_at_most
from tracker.clock import day_of, utc_now
from tracker.errors import Invalid, NotFound
from tracker.models import Enrolment, LogState, PostId, Reader, Role, Visibility
from tracker.permissions import Permission, may
from tracker.reports.membership import curriculum_of, readers_of
from tracker.reports.posts_out import PostView, files_of, post_of, posts_of
from tracker.rules.schedule import step_on
from tracker.use_cases.filing_posts import file_post, finish_posts, undo_post
from tracker.use_cases.importing_posts import (
    FILE_MOST,
    FILES_MOST,
    confirm_post,
    discard_draft,
    draft_post,
)

REQUEST_MOST = (FILES_MOST + 1) * FILE_MOST


@bp.get("/posts/")
@signed_in
def index() -> ResponseReturnValue:
    """List the learner's posts; finish what was cut off."""
    reader, enrolment = learning()
    finish_posts(get_db(), enrolment, curriculum_of(get_db(), reader.cohort), at=utc_now())
    page = PostsPage(reader=reader, posts=tuple(posts_of(get_db(), enrolment)))
    return render_template("posts/index.html", page=page)


@bp.route("/posts/import", methods=["GET", "POST"])
@signed_in
@limiter.limit("20/minute", key_func=account_key, methods=["POST"])
@takes_at_most(REQUEST_MOST)
def bring_in() -> ResponseReturnValue:
    """Show the form, or read what is given and lead to the preview."""
    reader, enrolment = writing()
    form = ImportForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        page = ImportPage(reader=reader, form=form)
        return render_template("posts/import.html", page=page), status
    drafts, problems = read_posts(reader, enrolment, form)
    if problems or not drafts:
        problems = problems or [_("Choose a file or paste a post first.")]
        page = ImportPage(reader=reader, form=form, problems=tuple(problems))
        return render_template("posts/import.html", page=page), 422
    say_saved(_("Read. Nothing is filed yet."), "import")
    if len(drafts) > 1:
        flash(_("Each post waits for you to look through it and confirm."))
        return redirect(url_for(".index", cohort=reader.cohort.slug))
    return redirect(url_for(".show", post=drafts[0].id))


@bp.get("/posts/<id:post>")
@signed_in
def show(post: str) -> ResponseReturnValue:
    """Show where each part of a post is filed, or shall be."""
    reader, _enrolment, found = get_post(post)
    return show_post(reader, found)


@bp.post("/posts/<id:post>/confirm")
@signed_in
def confirm(post: str) -> ResponseReturnValue:
    """File the parts of a draft where the learner wants them."""
    reader, enrolment, draft = get_post(post, to_change=True)
    form = ConfirmForm()
    if draft.state != "draft":
        return redirect(url_for(".show", post=post))
    if not form.validate():
        return show_post(reader, draft, form), 422
    curriculum = curriculum_of(get_db(), reader.cohort)
    places = places_from(request.form, len(draft.parts))
    step = form.step.data or ""
    begun = confirm_post(
        get_db(),
        enrolment,
        curriculum,
        draft.id,
        places=places,
        step_number=int(step) if step.isascii() and step.isdigit() and len(step) < 3 else None,
        comments_for=Visibility(form.comments_for.data),
        log_state=LogState(form.log_state.data),
    )
    file_post(get_db(), enrolment, curriculum, begun, at=utc_now())
    flash(_("The post is filed."), "success")
    wanted = [places.get(index, part).kind for index, part in enumerate(draft.parts)]
    left = sum(
        part.kind == "unfiled" != kind for part, kind in zip(begun.parts, wanted, strict=True)
    )
    if left:
        flash(
            ngettext(
                "%(num)s part is too long for its place, which takes 100,000 characters: it stays"
                " with the post.",
                "%(num)s parts are too long for their place, which takes 100,000 characters: they"
                " stay with the post.",
                left,
            ),
            "warning",
        )
    return redirect(url_for(".show", post=post))


@bp.post("/posts/<id:post>/undo")
@signed_in
def undo(post: str) -> ResponseReturnValue:
    """Take every part of an import out again, or forget a draft."""
    reader, enrolment, found = get_post(post, to_change=True)
    if found.state == "draft":
        discard_draft(get_db(), enrolment, found.id)
        flash(_("The draft is gone; nothing was filed."))
    else:
        curriculum = curriculum_of(get_db(), reader.cohort)
        undo_post(get_db(), enrolment, curriculum, found.id, at=utc_now())
        flash(_("The import is undone. What you wrote yourself since then is still there."))
    return redirect(url_for(".index", cohort=reader.cohort.slug))


@bp.get("/posts/export")
@signed_in
def export() -> ResponseReturnValue:
    """Answer with the learner's posts as Markdown files in one archive."""
    reader, enrolment = learning()
    files = files_of(get_db(), reader.cohort, enrolment)
    if not files:
        flash(_("There is nothing to export yet: log a lesson first."))
        return redirect(url_for(".index", cohort=reader.cohort.slug))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in files:
            packed.writestr(file.name, file.text)
    archive.seek(0)
    name = f"{reader.cohort.slug}-posts.zip"
    return send_file(archive, "application/zip", as_attachment=True, download_name=name)


def learning() -> tuple[Reader, Enrolment]:
    """Return the learner's place: of the cohort in the address, else the latest. 403 for staff."""
    asked = request.values.get("cohort", "")
    for reader, place in learners():
        if asked in {"", reader.cohort.slug}:
            g.reader = reader
            return reader, place
    if asked:
        raise NotFound("cohort", asked)
    raise Forbidden


def writing() -> tuple[Reader, Enrolment]:
    """Return the learner's place if they may still write there; else 403."""
    reader, enrolment = learning()
    if not may(reader, Permission.LOG_LESSON):
        raise Forbidden
    return reader, enrolment


def learners() -> list[tuple[Reader, Enrolment]]:
    """Return every place in which who is signed in learns, the latest cohort first."""
    return [
        (reader, reader.enrolment)
        for reader in readers_of(get_db(), current_person())
        if reader.role is Role.LEARNER and reader.enrolment is not None
    ]


def get_post(post_id: str, *, to_change: bool = False) -> tuple[Reader, Enrolment, PostView]:
    """Return a post of who is signed in, and the place that it belongs to."""
    places = learners()
    if not places:
        raise Forbidden
    found = post_of(get_db(), [place for _reader, place in places], PostId(post_id))
    if found is None:
        raise NotFound("post", post_id)
    reader, place = next(each for each in places if each[1].id == found.enrolment_id)
    if to_change and not may(reader, Permission.LOG_LESSON):
        raise Forbidden
    g.reader = reader
    return reader, place, found


def show_post(reader: Reader, post: PostView, form: ConfirmForm | None = None) -> str:
    """Return the post's page: a preview with selects while it is a draft."""
    curriculum = curriculum_of(get_db(), reader.cohort)
    asked = request.args.get("step", "")
    number = int(asked[:2]) if asked.isascii() and asked.isdigit() else post.step_number
    if number is None:
        running = step_on(curriculum, day_of(utc_now(), reader.cohort.time_zone))
        number = running.number if running else None
    if post.state == "draft" and form is None:
        form = ConfirmForm(data={"step": "" if number is None else str(number)})
    step = curriculum.step(number) if number is not None else None
    page = PostPage(reader=reader, post=post, curriculum=curriculum, step=step, form=form)
    return render_template("posts/show.html", page=page)


def read_posts(
    reader: Reader, enrolment: Enrolment, form: ImportForm
) -> tuple[list[PostView], list[str]]:
    """Return the drafts of what was given, and a message for each that could not be read."""
    given = [
        (upload.filename or "", upload.read(FILE_MOST + 1))
        for upload in form.files.data or []
        if upload and upload.filename
    ]
    pasted = clean_text(form.text.data)
    if pasted.strip():
        given.append(("", pasted.encode()))
    drafts, problems = [], []
    curriculum = curriculum_of(get_db(), reader.cohort)
    for name, data in given:
        try:
            draft, new = draft_post(
                get_db(), enrolment, curriculum, file_name=name, data=data, at=utc_now()
            )
        except Invalid as error:
            label = name or _("Pasted text")
            problems.append(f"{label}: {problem_words(error.problems[0])}")
            continue
        drafts.append(draft)
        if not new and draft.state != "draft":
            title = draft.title or draft.file_name
            flash(_("“%(title)s” is in already; nothing was changed.", title=title), "warning")
    return drafts, problems


def problem_words(problem: str) -> str:
    """Return what is wrong with a file, and the remedy."""
    words = {
        "too_large": _("This is more than 2 MiB. Split it, or leave embedded images out."),
        "not_text": _("This is neither UTF-8 nor CP949 text. Save it as UTF-8 and try again."),
        "empty": _("There is nothing in it."),
        "too_many_headings": _("It has more than 500 headings. Split it into several posts."),
    }
    return str(words[problem])
