"""What a learner's log said before it was saved again."""

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from blueprints.cohorts import bp
from blueprints.cohorts.routes import get_lesson
from blueprints.support.access import current_reader, requires
from blueprints.support.database import get_db
from tracker.models import Enrolment, EnrolmentId, FormerEntry, Lesson, Person, Reader
from tracker.permissions import Permission
from tracker.reports.learners import history_of, log_of
from tracker.reports.membership import learner_for


@dataclass(frozen=True)
class VersionsPage:
    """The former entries of one log, the newest first."""

    reader: Reader
    learner: Person
    enrolment: Enrolment
    lesson: Lesson
    versions: list[FormerEntry]


@bp.get("/cohorts/<slug:cohort>/learners/<id:enrolment>/lessons/<slug:lesson>/versions")
@requires(Permission.VIEW_COHORT)
def versions(cohort: str, enrolment: str, lesson: str) -> ResponseReturnValue:
    """Show the former versions of one learner's log of one lesson."""
    reader, found = current_reader(), get_lesson(lesson, ever=True)
    place, person = learner_for(get_db(), reader, EnrolmentId(enrolment))
    page = VersionsPage(
        reader=reader,
        learner=person,
        enrolment=place,
        lesson=found,
        versions=history_of(get_db(), log_of(get_db(), place, found)),
    )
    return render_template("cohorts/versions.html", page=page)
