"""A curriculum file becomes a cohort, or changes one; what leaves it is archived, never deleted.

The cohort is marked as pending with the first write and freed with the last one. An import that
was killed in between, or met another one, is healed by running it again.
"""

from datetime import datetime

from tracker.curricula.file import CurriculumFile, free_slug
from tracker.curricula.planning import Change, Plan, StoredCurriculum, plan_for
from tracker.curricula.reading import decode, read_curriculum
from tracker.documents import activity, cohorts, lessons, projects, steps
from tracker.documents.schema import Db
from tracker.models import Cohort, Lesson, PersonId

__all__ = ["Change", "decode", "import_curriculum", "read_curriculum"]


def import_curriculum(
    db: Db, file: CurriculumFile, *, by: PersonId | None, at: datetime, dry_run: bool = False
) -> list[Change]:
    """Make the cohort equal to the file and return what that changes; nothing if it is so already.

    Raises Taken("slug") if another import made a lesson at the same moment: run it again.
    """
    stored = _stored(db, file.cohort.slug)
    plan = plan_for(file, stored)
    unfinished = stored.cohort and cohorts.is_curriculum_pending(db, stored.cohort.id)
    if dry_run or not (plan.changes or unfinished):
        return list(plan.changes)
    cohort = cohorts.put(db, slug=file.cohort.slug, **plan.cohort)
    _write(db, cohort, plan, stored)
    _tell(db, cohort, by=by, at=at)
    cohorts.finish_curriculum(db, cohort.id)
    return list(plan.changes)


def _stored(db: Db, slug: str) -> StoredCurriculum:
    cohort = cohorts.find_by_slug(db, slug)
    if cohort is None:
        return StoredCurriculum()
    return StoredCurriculum(
        cohort=cohort,
        steps=steps.list_for_cohort(db, cohort.id),
        lessons=lessons.list_for_cohort(db, cohort.id),
        projects=projects.list_for_cohort(db, cohort.id),
    )


def _write(db: Db, cohort: Cohort, plan: Plan, stored: StoredCurriculum) -> None:
    for key, values in plan.steps.items():
        steps.put(db, cohort.id, key=key, **values)
    _put_lessons(db, cohort, plan, {lesson.key: lesson for lesson in stored.lessons})
    for key, values in plan.projects.items():
        projects.put(db, cohort.id, key=key, **values)
    steps.archive(db, cohort.id, plan.archived_steps)
    lessons.archive(db, cohort.id, plan.archived_lessons)
    projects.archive(db, cohort.id, plan.archived_projects)


def _put_lessons(db: Db, cohort: Cohort, plan: Plan, there: dict[str, Lesson]) -> None:
    new = [key for key in plan.lessons if key not in there]
    cells = dict(zip(new, _new_cells(db, cohort, len(new)), strict=True))
    taken = {lesson.slug for lesson in there.values()}
    for key, values in plan.lessons.items():
        if key in there:
            slug, cell = there[key].slug, there[key].cell
        else:
            slug, cell = free_slug(values["title"], taken), cells[key]
            taken.add(slug)
        lessons.put(db, cohort.id, key=key, slug=slug, cell=cell, **values)


def _new_cells(db: Db, cohort: Cohort, count: int) -> range:
    return cohorts.take_numbers(db, cohort.id, "next_cell", count) if count else range(0)


def _tell(db: Db, cohort: Cohort, *, by: PersonId | None, at: datetime) -> None:
    subject, actor = f"curriculum:{cohort.id}", by or PersonId("system")
    activity.add(db, "imported", subject, cohort_id=cohort.id, by=actor, at=at)
