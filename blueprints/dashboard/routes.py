"""The cohort at a glance: for staff by name, for learners without."""

from datetime import date

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue

from blueprints.dashboard import bp
from blueprints.dashboard.pages import DashboardPage, Filters, OwnPage
from blueprints.support.access import current_reader, requires
from blueprints.support.database import get_db
from blueprints.support.versions import versioned
from tracker.clock import day_of, utc_now
from tracker.models import LogState, Reader
from tracker.permissions import Permission
from tracker.reports.dashboards import glance_at, matrix_of, own_matrix
from tracker.reports.membership import curriculum_of
from tracker.reports.shares import shares_for
from tracker.rules.progress import Standing
from tracker.rules.schedule import step_on


@bp.get("/cohorts/<slug:cohort>/dashboard")
@requires(Permission.VIEW_COHORT)
def show(cohort: str) -> ResponseReturnValue:
    """Show the dashboard; 304 while the cohort's version is the one that the browser has."""
    reader = current_reader()
    today = today_in(reader)
    view = show_staff if reader.is_staff else show_own
    return versioned(reader.cohort, lambda: view(reader, today), today)


@bp.get("/cohorts/<slug:cohort>/dashboard/matrix.json")
@requires(Permission.VIEW_COHORT)
def matrix(cohort: str) -> ResponseReturnValue:
    """Answer with the marks of every active learner; a learner gets their own row alone."""
    reader = current_reader()
    today = today_in(reader)
    return versioned(reader.cohort, lambda: jsonify(figures_for(reader, today)), today)


@bp.get("/cohorts/<slug:cohort>/dashboard/version")
@requires(Permission.VIEW_COHORT)
def version(cohort: str) -> ResponseReturnValue:
    """Tell an open page whether the figures have changed: one indexed read, mostly a 304."""
    reader = current_reader()
    today = today_in(reader)
    return versioned(reader.cohort, lambda: jsonify(version=reader.cohort.version), today)


def today_in(reader: Reader) -> date:
    """Return the day in the cohort's time zone."""
    return day_of(utc_now(), reader.cohort.time_zone)


def figures_for(reader: Reader, today: date) -> dict[str, object]:
    """Return `matrix.json`: everyone for staff, a learner's own row for a learner."""
    curriculum = curriculum_of(get_db(), reader.cohort)
    if reader.enrolment and not reader.is_staff:
        return own_matrix(get_db(), reader.cohort, curriculum, reader.enrolment.id)
    glance = glance_at(get_db(), reader.cohort, curriculum, today=today)
    return matrix_of(glance, reader.cohort)


def show_staff(reader: Reader, today: date) -> str:
    """Return the staff's view of their cohort."""
    curriculum = curriculum_of(get_db(), reader.cohort)
    running = step_on(curriculum, today)
    filters = filters_from_address(running.number if running else None)
    glance = glance_at(get_db(), reader.cohort, curriculum, today=today, step=filters.step)
    page = DashboardPage(reader=reader, curriculum=curriculum, glance=glance, filters=filters)
    return render_template("dashboard/show.html", page=page)


def show_own(reader: Reader, today: date) -> str:
    """Return a learner's view of their cohort."""
    curriculum = curriculum_of(get_db(), reader.cohort)
    own = reader.enrolment.id if reader.enrolment else None
    shares = shares_for(get_db(), reader.cohort, curriculum, own, today=today)
    page = OwnPage(reader=reader, curriculum=curriculum, shares=shares)
    return render_template("dashboard/own.html", page=page)


def filters_from_address(running: int | None) -> Filters:
    """Read the filters; what is not one of ours counts as not given. No step given: today's."""
    step: int | None = running
    asked = request.args.get("step", "")
    if asked == "all":
        step = None
    elif asked.isascii() and asked.isdigit():
        step = int(asked[:4])
    state, standing = request.args.get("state", ""), request.args.get("standing", "")
    page = request.args.get("page", 1, type=int)
    return Filters(
        step=step,
        state=state if state in set(LogState) else "",
        standing=standing if standing in set(Standing) else "",
        coach=request.args.get("coach", "")[:24],
        page=min(max(1, page), 10_000),
    )
