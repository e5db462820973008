"""The curriculum: see it, change it after a look at what that does, go back, copy it."""

from dataclasses import replace

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.curriculum import bp
from blueprints.curriculum.copying import CopyForm
from blueprints.curriculum.edits import Edit, Place
from blueprints.curriculum.kinds import EDITS, UNDO, WHOLE, PlaceBefore
from blueprints.curriculum.leaving import is_done
from blueprints.curriculum.packing import as_download, packed
from blueprints.curriculum.pages import STATE_WORDS, CopyPage, CurriculumPage, Deed, EditPage
from blueprints.support.access import current_person, current_reader, requires
from blueprints.support.database import get_db
from blueprints.support.debts import with_whole_curriculum
from blueprints.support.languages import moment
from blueprints.support.notices import say_saved
from tracker.clock import day_of, utc_now
from tracker.curricula.editing import checked
from tracker.curricula.file import CurriculumFile
from tracker.curricula.planning import plan_for
from tracker.curricula.shifting import copied
from tracker.curricula.storing import file_of, yaml_of
from tracker.errors import Conflict, Invalid, NotFound, Taken
from tracker.models import CohortState, Reader
from tracker.permissions import Permission, may
from tracker.reports.cohort_out import sheets_of
from tracker.reports.curricula import change_of, changes_of, impact_of, stored_curriculum
from tracker.use_cases.changing_a_cohort import change_state, tell_export
from tracker.use_cases.changing_curricula import (
    change_curriculum,
    copy_curriculum,
    former_curriculum,
)

ADDRESS = "/cohorts/<slug:cohort>/curriculum/<slug:what>"


@bp.get("/cohorts/<slug:cohort>/curriculum")
@requires(Permission.RUN_COHORT)
def show(cohort: str) -> ResponseReturnValue:
    """Show the whole curriculum, with what left it and what was changed last."""
    reader = settled_reader()
    stored = stored_curriculum(get_db(), reader.cohort)
    page = CurriculumPage(
        reader=reader,
        stored=stored,
        deeds=tuple(
            Deed.of(change, stored, by) for change, by in changes_of(get_db(), reader.cohort)
        ),
        may_edit=may(reader, Permission.EDIT_CURRICULUM),
    )
    return render_template("curriculum/show.html", page=page)


@bp.get(ADDRESS)
@bp.get(f"{ADDRESS}/<slug:key>")
@requires(Permission.EDIT_CURRICULUM)
def edit(cohort: str, what: str, key: str = "") -> ResponseReturnValue:
    """Show the form of an edit; where nothing is asked, what it would do."""
    place = place_of(what, key)
    kind = EDITS[what]
    version = str(place.cohort.curriculum_version)
    form = kind(formdata=None, data={**kind.filled(place), "version": version})
    form.offer(place)
    return show_form(what, place, form) if form.boxes else preview(what, place, form)


@bp.post(ADDRESS)
@bp.post(f"{ADDRESS}/<slug:key>")
@requires(Permission.EDIT_CURRICULUM)
def change(cohort: str, what: str, key: str = "") -> ResponseReturnValue:
    """Show what an edit would do; do it once that is confirmed (409 if it is no longer so)."""
    try:
        place = place_of(what, key)
    except NotFound:
        stored = stored_curriculum(get_db(), current_reader().cohort)
        if "confirm" not in request.form or not is_done(what, stored, key):
            raise
        flash(_("This is done already; nothing more was changed."))
        return redirect(url_for(".show", cohort=cohort))
    form = EDITS[what]()
    form.offer(place)
    if "back" in request.form:
        return show_form(what, place, form)
    if not form.validate():
        return show_form(what, place, form), 422
    if form.version.number != place.cohort.curriculum_version:
        return show_again(what, place, form)
    if "confirm" not in request.form:
        return preview(what, place, form)
    return confirm(what, place, form)


@bp.post("/cohorts/<slug:cohort>/state")
@requires(Permission.RUN_COHORT)
def state(cohort: str) -> ResponseReturnValue:
    """Make the cohort a draft, active or archived."""
    wanted = request.form.get("state", "")
    if wanted not in {each.value for each in CohortState}:
        flash(_("Choose draft, active or archived."), "danger")
        return redirect(url_for(".show", cohort=cohort))
    new = CohortState(wanted)
    change_state(get_db(), cohort, new, by=current_person().id, at=utc_now())
    word, meaning = STATE_WORDS[new]
    flash(f"{word}: {meaning}", "success")
    return redirect(url_for(".show", cohort=cohort))


@bp.route("/cohorts/<slug:cohort>/copy", methods=["GET", "POST"])
@requires(Permission.RUN_COHORT)
def copy(cohort: str) -> ResponseReturnValue:
    """Make a cohort with the same curriculum, a draft without people."""
    reader = settled_reader()
    form = CopyForm()
    page = CopyPage(reader=reader, form=form)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("curriculum/copy.html", page=page), status
    target = copied(
        file_of(stored_curriculum(get_db(), reader.cohort)),
        slug=form.slug.data,
        name=form.name.data,
        starts_on=form.starts_on.data,
        holidays=form.holidays.days,
    )
    try:
        new = copy_curriculum(get_db(), reader.cohort, target, by=current_person(), at=utc_now())
    except Taken:
        form.slug.errors = [_("A cohort has this address; choose another one.")]
        return render_template("curriculum/copy.html", page=page), 422
    say_saved(_("The cohort is made, a draft that only staff can see."), f"copy:{cohort}")
    return redirect(url_for(".show", cohort=new.slug))


@bp.get("/cohorts/<slug:cohort>/curriculum.yaml")
@requires(Permission.RUN_COHORT)
def as_file(cohort: str) -> ResponseReturnValue:
    """Answer with the curriculum as a file that can be imported."""
    reader = settled_reader()
    file = file_of(stored_curriculum(get_db(), reader.cohort), with_state=True)
    return Response(
        yaml_of(file), mimetype="application/yaml", headers=as_download(f"{cohort}.yaml")
    )


@bp.get("/cohorts/<slug:cohort>/export.zip")
@requires(Permission.RUN_COHORT)
def export(cohort: str) -> ResponseReturnValue:
    """Answer with all that staff may read of the cohort, packed while it is read."""
    reader, now = settled_reader(), utc_now()
    file = file_of(stored_curriculum(get_db(), reader.cohort), with_state=True)
    tell_export(get_db(), reader.cohort, by=current_person().id, at=now)
    sheets = sheets_of(get_db(), reader.cohort)
    stream = packed(yaml_of(file), sheets, at=now)
    return Response(stream, mimetype="application/zip", headers=as_download(f"{cohort}.zip"))


def settled_reader() -> Reader:
    """Return who reads, after a change that was cut off is finished."""
    g.reader = with_whole_curriculum(current_reader())
    return current_reader()


def place_of(what: str, key: str) -> Place:
    """Return what an edit is about. Raises NotFound where there is no such edit or part."""
    if what not in EDITS or (what in WHOLE) is bool(key):
        raise NotFound("edit", what)
    cohort = settled_reader().cohort
    stored = stored_curriculum(get_db(), cohort)
    today = day_of(utc_now(), cohort.time_zone)
    if what == UNDO:
        if not (key.isascii() and key.isdigit() and len(key) < 9):
            raise NotFound("curriculum change", key)
        done = change_of(get_db(), cohort, int(key))
        former = former_curriculum(get_db(), cohort, done.number)
        words = f"{Deed.of(done, stored).words}, {moment(done.at)}"
        return PlaceBefore(cohort, stored, key, today, former, words)
    place = Place(cohort, stored, key, today)
    EDITS[what].title(place)
    return place


def target_of(place: Place, form: Edit) -> CurriculumFile | None:
    """Return the curriculum as the edit makes it; None, with a word on the form, if it cannot."""
    try:
        target = checked(form.target(place))
    except Invalid as error:
        form.form_errors = list(error.problems)
        return None
    if not plan_for(target, place.stored).changes:
        form.form_errors = [_("This changes nothing.")]
        return None
    return target


def preview(what: str, place: Place, form: Edit) -> ResponseReturnValue:
    """Return the page that tells what the edit would do; the form again if that is nothing."""
    target = target_of(place, form)
    if target is None:
        return show_form(what, place, form), 422
    impact = impact_of(get_db(), place.stored, target, named=place.key, today=place.today)
    page = replace(page_of(what, place, form), impact=impact)
    return render_template("curriculum/preview.html", page=page)


def confirm(what: str, place: Place, form: Edit) -> ResponseReturnValue:
    """Do what was previewed."""
    target = target_of(place, form)
    if target is None:
        return show_form(what, place, form), 422
    try:
        change_curriculum(
            get_db(),
            place.cohort,
            target,
            what=what,
            part=form.part(place),
            by=current_person().id,
            at=utc_now(),
        )
    except Conflict:
        return show_again(what, place_of(what, place.key), form)
    say_saved(
        _("The curriculum is changed. You can go back below."), page_of(what, place, form).draft
    )
    return redirect(url_for(".show", cohort=place.cohort.slug))


def show_again(what: str, place: Place, form: Edit) -> ResponseReturnValue:
    """Return the form as typed: someone else changed the curriculum meanwhile."""
    form.version.data = str(place.cohort.curriculum_version)
    return show_form(what, place, form, stale=True), 409


def show_form(what: str, place: Place, form: Edit, *, stale: bool = False) -> str:
    page = replace(page_of(what, place, form), stale=stale)
    return render_template("curriculum/edit.html", page=page)


def page_of(what: str, place: Place, form: Edit) -> EditPage:
    slug = place.cohort.slug
    return EditPage(
        reader=current_reader(),
        form=form,
        heading=str(form.heading) % {"title": form.title(place)},
        action=url_for(".change", cohort=slug, what=what, key=place.key or None),
        draft=f"curriculum:{slug}:{what}:{place.key}",
        named=place.key,
    )
