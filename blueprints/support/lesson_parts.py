"""What of a lesson's row is the same for every learner, made once for each language."""

from urllib.parse import quote

from flask import Flask
from markupsafe import Markup, escape

from blueprints.support.database import get_db
from blueprints.support.languages import code, days
from tracker.models import Cohort, CohortId, LessonId
from tracker.reports.kept import Kept
from tracker.reports.membership import curriculum_of

Part = tuple[Markup, Markup, Markup]

_parts: Kept[tuple[CohortId, str], int, dict[LessonId, Part]] = Kept(most=200)


def lesson_parts(cohort: Cohort) -> dict[LessonId, Part]:
    """Return slug (for an address), title and days of each lesson, also of those that left.

    Pages show a hundred of them; escaped here, they are not escaped again.
    """
    return _parts.get((cohort.id, code()), cohort.curriculum_version, lambda: _made(cohort))


def _made(cohort: Cohort) -> dict[LessonId, Part]:
    curriculum = curriculum_of(get_db(), cohort)
    return {
        one.id: (
            escape(quote(one.slug)),
            escape(one.title),
            escape(days(one.starts_on, one.ends_on)),
        )
        for one in (*curriculum.lessons, *curriculum.left_lessons)
    }


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(lesson_parts=lesson_parts)
