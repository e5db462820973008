"""A cohort's lessons in figures, for staff."""

from flask import render_template
from flask.typing import ResponseReturnValue

from blueprints.dashboard import bp
from blueprints.dashboard.pages import PulsePage
from blueprints.dashboard.routes import filters_from_address, today_in
from blueprints.support.access import current_reader, requires
from blueprints.support.database import get_db
from blueprints.support.versions import versioned
from tracker.permissions import Permission
from tracker.reports.membership import curriculum_of
from tracker.reports.pulse import pulse_at
from tracker.rules.schedule import step_on


@bp.get("/cohorts/<slug:cohort>/dashboard/pulse")
@requires(Permission.SEE_LEARNERS)
def pulse(cohort: str) -> ResponseReturnValue:
    """Show the burn-up, the steps and projects, and what was said of the lessons of a step."""
    reader = current_reader()
    return versioned(
        reader.cohort,
        lambda: render_template("dashboard/pulse.html", page=pulse_page()),
        today_in(reader),
    )


def pulse_page() -> PulsePage:
    """Return the figures of the reader's cohort, and the step that is looked at."""
    reader = current_reader()
    today = today_in(reader)
    curriculum = curriculum_of(get_db(), reader.cohort)
    running = step_on(curriculum, today)
    return PulsePage(
        reader=reader,
        curriculum=curriculum,
        pulse=pulse_at(get_db(), reader.cohort, curriculum, today=today),
        step=filters_from_address(running.number if running else None).step,
    )
