"""Staff begin and stop to look at pages as one of their learners."""

from flask import redirect, session, url_for
from flask.typing import ResponseReturnValue

from blueprints.people import bp
from blueprints.support.access import current_reader, requires, signed_in
from blueprints.support.database import get_db
from blueprints.support.viewing import VIEWING
from tracker.clock import utc_now
from tracker.models import EnrolmentId
from tracker.permissions import Permission
from tracker.reports.membership import learner_for
from tracker.use_cases.managing_people import tell


@bp.post("/cohorts/<slug:cohort>/learners/<id:enrolment>/view")
@requires(Permission.SEE_LEARNERS)
def view_as(cohort: str, enrolment: str) -> ResponseReturnValue:
    """Begin to look as a learner; that is noted in the activity."""
    reader = current_reader()
    place, _learner = learner_for(get_db(), reader, EnrolmentId(enrolment))
    tell(get_db(), reader, "viewed_as", [place], at=utc_now())
    session[VIEWING] = [place.id, cohort]
    return redirect(url_for("cohorts.home"))


@bp.post("/viewing/stop")
@signed_in
def stop_viewing() -> ResponseReturnValue:
    """Look with one's own eyes again."""
    place, cohort = session.pop(VIEWING, ("", ""))
    if not place:
        return redirect(url_for("cohorts.home"))
    return redirect(url_for("cohorts.learner", cohort=cohort, enrolment=place))
