"""What of a lesson's row is the same for every learner, made once for each language."""

from urllib.parse import quote

from flask import Flask

from blueprints.support.database import get_db
from blueprints.support.languages import code, days, this_year
from tracker.models import Cohort, CohortId, LessonId
from tracker.reports.kept import Kept
from tracker.reports.membership import curriculum_of

Part = tuple[str, str, str]

_parts: Kept[tuple[CohortId, str], tuple[int, int], dict[LessonId, Part]] = Kept(most=200)


def lesson_parts(cohort: Cohort) -> dict[LessonId, Part]:
    """Return slug (for an address), title and days of each lesson, also of those that left.

    Pages show a hundred of them.
    """
    as_of = cohort.curriculum_version, this_year()
    return _parts.get((cohort.id, code()), as_of, lambda: _made(cohort))


def _made(cohort: Cohort) -> dict[LessonId, Part]:
    curriculum = curriculum_of(get_db(), cohort)
    return {
        one.id: (quote(one.slug), one.title, days(one.starts_on, one.ends_on))
        for one in (*curriculum.lessons, *curriculum.left_lessons)
    }


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(lesson_parts=lesson_parts)
