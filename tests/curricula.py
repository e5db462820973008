"""A curriculum with records on it, all edits at once, and every figure that a page shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.cast import NOON, Cast, make_cast
from tracker.clock import day_of
from tracker.curricula import editing
from tracker.curricula.file import CurriculumFile
from tracker.curricula.planning import plan_for
from tracker.curricula.shifting import shifted
from tracker.curricula.storing import file_of
from tracker.documents import cohorts, enrolments, marks
from tracker.documents.schema import Db
from tracker.models import Cohort, LogState, PersonId, Role
from tracker.reports.curricula import stored_curriculum
from tracker.reports.dashboards import glance_at
from tracker.reports.learners import learnt_by
from tracker.reports.membership import curriculum_of
from tracker.use_cases.changing_curricula import (
    change_curriculum,
    former_curriculum,
)

RECORDS = ("lesson_logs", "log_revisions", "comments", "retrospectives", "project_notes", "posts")
Edit = Callable[[CurriculumFile], CurriculumFile]
HALF = editing.SecondHalf("SQL again", date(2031, 3, 13), 4, ("SQL: practice",))


def everything(file: CurriculumFile) -> CurriculumFile:
    """Split, merge, archive, move, rename, shift: all at once."""
    file = editing.split(file, "django", HALF, "sql-again")
    file = editing.merged(file, "python", "data-analysis")
    file = editing.without_lesson(file, "sql")
    _, cloud = editing.lesson_in(file, "cloud")
    cloud = cloud.model_copy(update={"title": "Cloud"})
    file = editing.with_lesson(file, cloud, step="step-1", place=1)
    file = editing.without_project(file, "project-1")
    return editing.checked(shifted(file, since=date(2031, 3, 13), count=3))


@pytest.fixture
def told(db: Db) -> Cast:
    """The cast; Ada has logged four lessons, one of them twice."""
    cast = make_cast(db)
    cast.ada_logs(db, "python", note="loops")
    cast.ada_logs(db, "data-analysis", LogState.IN_PROGRESS)
    cast.ada_logs(db, "sql", LogState.STUCK, line="1045")
    cast.ada_logs(db, "sql", revision=1, line="solved")
    cast.ada_logs(db, "가상화와-클라우드")
    return cast


def now(db: Db, slug: str = "ai-7") -> Cohort:
    return cohorts.get_by_slug(db, slug)


def changed(db: Db, edit: Edit, *, what: str = "lesson", slug: str = "ai-7") -> int:
    """Do an edit as Dana would, on the curriculum as it is now."""
    cohort = now(db, slug)
    target = edit(file_of(stored_curriculum(db, cohort)))
    return change_curriculum(db, cohort, target, what=what, by=PersonId("dana"), at=NOON)


def undone(db: Db, number: int, slug: str = "ai-7") -> int:
    return changed(db, lambda _: former_curriculum(db, now(db, slug), number), slug=slug)


def figures(db: Db, slug: str = "ai-7") -> list[object]:
    """Return every figure that a page shows of the cohort: rows, dashboard, percentages."""
    cohort = now(db, slug)
    curriculum = curriculum_of(db, cohort)
    today = day_of(NOON, cohort.time_zone)
    glance = glance_at(db, cohort, curriculum, today=today)
    places = [one for one in enrolments.list_for_cohort(db, cohort.id) if one.role is Role.LEARNER]
    learnt = [learnt_by(db, cohort, place) for place in places[:10]]
    return [
        sorted(marks.rows_by_bucket(db, cohort.id).items()),
        glance.lines,
        glance.lessons,
        learnt,
        file_of(stored_curriculum(db, cohort)),
    ]


def records(db: Db) -> dict[str, list[dict[str, object]]]:
    return {name: list(db[name].find().sort("_id", 1)) for name in RECORDS}


def stands(db: Db, file: CurriculumFile) -> bool:
    return plan_for(file, stored_curriculum(db, now(db))).changes == ()
