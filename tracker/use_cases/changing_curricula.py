"""A curriculum becomes equal to a file, step by step; what leaves it is archived, never deleted.

A change is announced with the whole file before its first write. If its process dies, whoever
comes next writes the rest of that file. What a slow process still writes then is not newer, and
changes nothing. The curriculum's version grows once, at the end.
"""

from datetime import datetime

from tracker.curricula.file import CurriculumFile, free_slug
from tracker.curricula.planning import Plan, StoredCurriculum, plan_for
from tracker.curricula.storing import file_of
from tracker.documents import (
    activity,
    cohorts,
    curriculum_changes,
    lessons,
    people,
    projects,
    steps,
)
from tracker.documents.curriculum_changes import CurriculumChange
from tracker.documents.schema import Db, new_id
from tracker.errors import Taken
from tracker.models import Cohort, CohortId, Lesson, Person, PersonId, Role
from tracker.use_cases.joining import enrol

COPIED = "copied"


def change_curriculum(
    db: Db,
    cohort: Cohort,
    target: CurriculumFile,
    *,
    what: str,
    part: str = "",
    by: PersonId,
    at: datetime,
) -> int:
    """Make the stored curriculum equal to the target and return the change's number.

    Raises Conflict, and writes nothing, if the curriculum is no longer at `cohort`'s version.
    """
    number = cohort.curriculum_version
    former = file_of(stored_in(db, cohort)) if number else None
    curriculum_changes.announce(
        db,
        cohort.id,
        number,
        what=what,
        part=part,
        former=former.model_dump_json() if former else None,
        target=target.model_dump_json(),
        by=by,
        at=at,
    )
    finish_change(db, cohort)
    return number


def finish_change(db: Db, cohort: Cohort) -> bool:
    """Write what is left of a change that starts from the cohort's version; tell if there is one.

    Whoever else does so at the same moment may take a new lesson's slug: then there is another.
    """
    change = curriculum_changes.find(db, cohort.id, cohort.curriculum_version)
    if change is None:
        return False
    if change.target is not None:
        file = CurriculumFile.model_validate_json(change.target)
        try:
            _write(db, cohort, file)
        except Taken:
            _write(db, cohort, file)
    if change.what == COPIED:
        _enrol_maker(db, cohort, change)
    _tell(db, cohort.id, change)
    cohorts.finish_curriculum(db, cohort.id, change.number)
    curriculum_changes.close(db, cohort.id, change.number)
    return True


def finish_change_of(db: Db, cohort_id: CohortId) -> None:
    """Finish the open change, or free a cohort that was made and never filled."""
    if not finish_change(db, cohorts.get(db, cohort_id)):
        cohorts.finish_curriculum(db, cohort_id)


def is_unfinished(db: Db, cohort_id: CohortId) -> bool:
    """Tell whether a change of the curriculum was begun and not finished."""
    version = cohorts.get(db, cohort_id).curriculum_version
    if curriculum_changes.find(db, cohort_id, version) is not None:
        return True
    return cohorts.is_curriculum_pending(db, cohort_id)


def former_curriculum(db: Db, cohort: Cohort, number: int) -> CurriculumFile:
    """Return the curriculum as it was before this change. Raises NotFound if there was none."""
    former = curriculum_changes.get_former(db, cohort.id, number)
    return CurriculumFile.model_validate_json(former)


def copy_curriculum(
    db: Db, source: Cohort, target: CurriculumFile, *, by: Person, at: datetime
) -> Cohort:
    """Make a cohort from the file, a draft, with nobody in it but who made it, its manager.

    Raises Taken if a cohort has its slug.
    """
    cohort_id = CohortId(new_id())
    text = target.model_dump_json()
    curriculum_changes.announce(
        db, cohort_id, 0, what=COPIED, part=source.slug, former=None, target=text, by=by.id, at=at
    )
    part = target.cohort
    try:
        cohort = cohorts.add_draft(
            db,
            cohort_id,
            slug=part.slug,
            name=part.name,
            track=part.track,
            time_zone=part.time_zone,
            starts_on=part.starts_on,
            ends_on=part.ends_on,
        )
    except Taken:
        curriculum_changes.forget(db, cohort_id, 0)
        raise
    finish_change(db, cohort)
    return cohorts.get(db, cohort_id)


def stored_in(db: Db, cohort: Cohort) -> StoredCurriculum:
    """Return everything that is stored of the cohort's curriculum."""
    return StoredCurriculum(
        cohort=cohort,
        steps=steps.list_for_cohort(db, cohort.id),
        lessons=lessons.list_for_cohort(db, cohort.id),
        projects=projects.list_for_cohort(db, cohort.id),
    )


def _write(db: Db, cohort: Cohort, file: CurriculumFile) -> None:
    stored, version = stored_in(db, cohort), cohort.curriculum_version
    plan = plan_for(file, stored)
    cohorts.change(db, cohort, plan.cohort_changes)
    for key, values in plan.steps.items():
        steps.put(db, cohort.id, key=key, version=version, **values)
    _put_lessons(db, cohort, plan, {lesson.key: lesson for lesson in stored.lessons})
    for key, values in plan.projects.items():
        projects.put(db, cohort.id, key=key, version=version, **values)
    steps.archive(db, cohort.id, plan.archived_steps, version=version)
    lessons.archive(db, cohort.id, plan.archived_lessons, version=version)
    projects.archive(db, cohort.id, plan.archived_projects, version=version)


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
        lessons.put(
            db,
            cohort.id,
            key=key,
            slug=slug,
            cell=cell,
            version=cohort.curriculum_version,
            **values,
        )


def _new_cells(db: Db, cohort: Cohort, count: int) -> range:
    return cohorts.take_numbers(db, cohort.id, "next_cell", count) if count else range(0)


def _enrol_maker(db: Db, cohort: Cohort, change: CurriculumChange) -> None:
    """Make who copied the curriculum the new cohort's manager; an administrator needs no place."""
    maker = people.find(db, change.by)
    if maker is not None and not maker.is_admin:
        enrol(db, cohort, maker.id, Role.MANAGER, by=maker.id, at=change.at)


def _tell(db: Db, cohort_id: CohortId, change: CurriculumChange) -> None:
    verb = "imported" if change.what == "imported" else "changed_curriculum"
    subject = f"curriculum:{cohort_id}"
    key = f"{subject}:{change.number}"
    activity.add(db, verb, subject, cohort_id=cohort_id, by=change.by, at=change.at, key=key)
