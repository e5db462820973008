"""People from a file: upload, look at what each line means, confirm, undo."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage

from blueprints.people import bp
from blueprints.people.import_pages import ImportPage, ImportsPage
from blueprints.people.roster_words import FIELD_WORDS, FILE_WORDS
from blueprints.support.access import current_person, current_reader, requires
from blueprints.support.database import get_db
from blueprints.support.downloads import file_of
from blueprints.support.fields import clean_line
from blueprints.support.links import welcome_link
from blueprints.support.uploads import takes_at_most
from blueprints.support.words import ROLE_WORDS
from tracker.clock import utc_now
from tracker.errors import Conflict, Invalid
from tracker.models import ImportId, PeopleImport, Role
from tracker.permissions import Permission
from tracker.reports.people import imports_of
from tracker.rosters.reading import Roster
from tracker.rosters.table import FILE_MOST
from tracker.tables import Table
from tracker.use_cases import confirming_people, giving_links, importing_people

REQUEST_MOST = FILE_MOST + 2**17
IMPORTS = "/cohorts/<slug:cohort>/people/imports"


@bp.route(IMPORTS, methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
@takes_at_most(REQUEST_MOST)
def imports(cohort: str) -> ResponseReturnValue:
    """Show the imports so far, or read a file and lead to what it would do."""
    upload = request.files.get("file")
    if request.method != "POST":
        return show_imports()
    if upload is None or not upload.filename:
        return show_imports(problem=_("Choose a file first.")), 422
    try:
        draft, roster = read_upload(upload)
    except Invalid as error:
        return show_imports(problem=str(FILE_WORDS[error.problems[0]])), 422
    if roster.problems:
        return show_imports(roster=roster, file_name=draft.file_name), 422
    importing_people.keep_draft(get_db(), draft)
    if roster.ignored:
        flash(_("Columns that are not read: %(names)s", names=", ".join(roster.ignored)))
    return redirect(url_for(".show_import", cohort=cohort, batch=draft.id))


@bp.get(f"{IMPORTS}/template.<any(csv,xlsx):kind>")
@requires(Permission.MANAGE_PEOPLE)
def import_template(cohort: str, kind: str) -> ResponseReturnValue:
    """Answer with a file to fill in."""
    head = [str(words) for words in FIELD_WORDS.values()]
    rows = [[_("Ada Example"), "ada@example.com", str(ROLE_WORDS[Role.LEARNER]), "", ""]]
    return file_of(Table(head, rows), "people", kind)


@bp.get(f"{IMPORTS}/<id:batch>")
@requires(Permission.MANAGE_PEOPLE)
def show_import(cohort: str, batch: str) -> ResponseReturnValue:
    """Show what each line means or what became of it; finish what was cut off."""
    reader, found = current_reader(), get_import(batch)
    found = confirming_people.finish_import(get_db(), reader.cohort, found, at=utc_now())
    return render_template("people/import.html", page=ImportPage(reader=reader, batch=found))


@bp.post(f"{IMPORTS}/<id:batch>/confirm")
@requires(Permission.MANAGE_PEOPLE)
def confirm_import(cohort: str, batch: str) -> ResponseReturnValue:
    """Enrol the people of a draft."""
    here = url_for(".show_import", cohort=cohort, batch=batch)
    try:
        reader, draft = current_reader(), get_import(batch)
        by = reader.person.id
        confirming_people.apply_import(get_db(), reader.cohort, draft, by=by, at=utc_now())
        flash(_("Everybody has their place."), "success")
    except Invalid as error:
        flash(str(FILE_WORDS[error.problems[0]]), "danger")
    except Conflict:  # confirmed twice: the page tells what became of it
        return redirect(here)
    return redirect(here)


@bp.post(f"{IMPORTS}/<id:batch>/undo")
@requires(Permission.MANAGE_PEOPLE)
def undo_import(cohort: str, batch: str) -> ResponseReturnValue:
    """Take the import back, or forget a draft."""
    reader, found = current_reader(), get_import(batch)
    if found.state == "draft":
        importing_people.discard_draft(get_db(), found)
        flash(_("Forgotten; nothing was changed."))
        return redirect(url_for(".imports", cohort=cohort))
    confirming_people.undo_import(
        get_db(), reader.cohort, found, by=current_person().id, at=utc_now()
    )
    flash(_("The import is undone."), "success")
    return redirect(url_for(".show_import", cohort=cohort, batch=batch))


@bp.post(f"{IMPORTS}/<id:batch>/links")
@requires(Permission.MANAGE_PEOPLE)
def import_links(cohort: str, batch: str) -> ResponseReturnValue:
    """Answer, once, with a link for each who has no password yet."""
    reader, found = current_reader(), get_import(batch)
    here = redirect(url_for(".show_import", cohort=cohort, batch=batch))
    people, left_out = giving_links.people_to_link(get_db(), reader, found)
    if left_out:
        flash(left_out_words(left_out), "warning")
    if left_out and not people:
        return here
    if not giving_links.take_links(get_db(), reader, found, at=utc_now()):
        given = _("The links were given out already. A single one is made on a person's page.")
        flash(
            given
            if found.links_at
            else _("There are no links: the import is not done, or was undone.")
        )
        return here
    head = [str(FIELD_WORDS[name]) for name in ("name", "email")]
    rows = [[person.name, person.email, welcome_link(person)] for person in people]
    table = Table([*head, _("link, works once, for three days")], rows)
    return file_of(table, f"{cohort}-links", "csv")


def left_out_words(number: int) -> str:
    """Say for how many there is no link, and who can make it."""
    words: str = ngettext(
        "No link for %(num)s person, whose account opens more than you manage."
        " An administrator can make it.",
        "No link for %(num)s people, whose accounts open more than you manage."
        " An administrator can make them.",
        number,
    )
    return words


def read_upload(upload: FileStorage) -> tuple[PeopleImport, Roster]:
    """Return what the uploaded file would do. Raises Invalid."""
    return importing_people.read_people(
        get_db(),
        current_reader().cohort,
        upload.read(FILE_MOST + 1),
        by=current_person().id,
        file_name=clean_line(upload.filename),
        at=utc_now(),
    )


def get_import(batch: str) -> PeopleImport:
    return importing_people.import_for(get_db(), current_reader().cohort, ImportId(batch))


def show_imports(*, problem: str = "", roster: Roster | None = None, file_name: str = "") -> str:
    """Return the page, with what is wrong with the file that was just given."""
    reader = current_reader()
    page = ImportsPage(
        reader=reader,
        imports=imports_of(get_db(), reader.cohort),
        problem=problem,
        problems=roster.problems if roster else (),
        file_name=file_name,
    )
    return render_template("people/imports.html", page=page)
