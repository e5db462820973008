"""The cohorts that someone manages, side by side."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden

from blueprints.dashboard import bp
from blueprints.dashboard.pages import OverviewPage
from blueprints.support.access import current_person, signed_in
from blueprints.support.database import get_db
from blueprints.support.downloads import file_of
from tracker.clock import utc_now
from tracker.models import Role
from tracker.reports.membership import readers_of
from tracker.reports.overview import CohortLine, overview_of
from tracker.tables import Table


@bp.get("/overview")
@signed_in
def overview() -> ResponseReturnValue:
    """Show the cohorts that the reader manages; an administrator manages all."""
    return render_template("dashboard/overview.html", page=OverviewPage(managed_cohorts()))


@bp.get("/overview.<any(csv,xlsx):kind>")
@signed_in
def export_overview(kind: str) -> ResponseReturnValue:
    """Answer with the same as a file."""
    return file_of(overview_table(managed_cohorts()), "cohorts", kind)


def managed_cohorts() -> list[CohortLine]:
    """Return the cohorts side by side; 403 for who manages none."""
    person = current_person()
    readers = readers_of(get_db(), person)
    if not person.is_admin and all(reader.role is not Role.MANAGER for reader in readers):
        raise Forbidden
    return overview_of(get_db(), readers, now=utc_now())


def overview_table(lines: list[CohortLine]) -> Table:
    """Return a row for each cohort."""
    return Table(
        [
            *(_("Cohort"), _("Learners"), _("on track"), _("stuck"), _("silent")),
            *(_("need a person"), _("done"), _("due")),
        ],
        (
            (
                line.cohort.name,
                line.learners,
                *line.glance.counts.values(),
                line.glance.in_need,
                line.done,
                line.due,
            )
            for line in lines
        ),
    )
