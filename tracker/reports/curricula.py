"""A cohort's curriculum as its managers see it: all that is stored, and what a change would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tracker.curricula.file import CurriculumFile
from tracker.curricula.planning import Change, StoredCurriculum, plan_for
from tracker.documents import curriculum_changes, people
from tracker.documents.curriculum_changes import CurriculumChange
from tracker.documents.schema import Db
from tracker.errors import NotFound
from tracker.models import MARKS, Cohort, LogState, PersonId, Row
from tracker.reports.membership import read_curriculum
from tracker.reports.rows import rows_of
from tracker.rules.progress import done_share, is_counted

ChangeView = CurriculumChange
Measured = list[tuple[int, date]]
"""The cell and the last day of each lesson that is in a curriculum."""
NO_CELL = 10**6


@dataclass(frozen=True)
class Impact:
    """What a change does, told before it is done.

    `logs` counts the logs on each lesson that leaves, comes back or is named, by key, without
    those that say "not started"; `changed` are the learners, of `learners` who count, whose share
    of lessons done becomes another.
    """

    changes: tuple[Change, ...]
    logs: Mapping[str, int]
    changed: int
    learners: int

    @property
    def leaving(self) -> list[str]:
        """Return the keys of the lessons that leave."""
        return [each.key for each in self.changes if each.kind == "lesson" and each.sign == "-"]

    @property
    def coming_back(self) -> list[str]:
        return [each.key for each in self.changes if each.kind == "lesson" and each.back]

    @property
    def new(self) -> list[str]:
        return [each.key for each in self.changes if each.kind == "lesson" and each.sign == "+"]

    def logs_on(self, keys: list[str]) -> int:
        return sum(self.logs.get(key, 0) for key in keys)


def stored_curriculum(db: Db, cohort: Cohort) -> StoredCurriculum:
    """Return everything that is stored of the curriculum, archived parts too, in one query."""
    found = read_curriculum(db, cohort.id)
    lessons = (*found.lessons, *found.left_lessons)
    projects = (*found.projects, *found.left_projects)
    return StoredCurriculum(
        cohort=cohort,
        steps=sorted((*found.steps, *found.left_steps), key=lambda step: step.number),
        lessons=sorted(lessons, key=lambda lesson: lesson.position),
        projects=sorted(projects, key=lambda project: (project.starts_on, project.number)),
    )


def changes_of(db: Db, cohort: Cohort) -> list[tuple[ChangeView, str]]:
    """Return the last changes, the newest first, each with the name of who made it."""
    changes = curriculum_changes.list_latest(db, cohort.id)
    actors = list({PersonId(change.by) for change in changes})
    names = {person.id: person.name for person in people.list_by_id(db, actors)} if actors else {}
    return [(change, names.get(change.by, "")) for change in changes]


def change_of(db: Db, cohort: Cohort, number: int) -> ChangeView:
    """Return one change. Raises NotFound."""
    change = curriculum_changes.find(db, cohort.id, number)
    if change is None:
        raise NotFound("curriculum change", number)
    return change


def impact_of(
    db: Db, stored: StoredCurriculum, target: CurriculumFile, *, named: str, today: date
) -> Impact:
    """Return what happens if the stored curriculum becomes the target; no log is read for it."""
    assert stored.cohort is not None, "only what is stored can be changed"
    impact = Impact(changes=plan_for(target, stored).changes, logs={}, changed=0, learners=0)
    lessons = {lesson.key: lesson for lesson in stored.lessons}
    asked = {*impact.leaving, *impact.coming_back, *({named} & lessons.keys())}
    before: Measured = [(one.cell, one.ends_on) for one in stored.lessons if not one.archived]
    after: Measured = [
        (lessons[one.stable_key].cell if one.stable_key in lessons else NO_CELL, one.ends_on)
        for step in target.steps
        for one in step.lessons
    ]
    rows = rows_of(db, stored.cohort)
    counted = [row for row in rows if is_counted(row, today)]
    return Impact(
        changes=impact.changes,
        logs={key: sum(_has_begun(row, lessons[key].cell) for row in rows) for key in asked},
        changed=sum(_share(row, before) != _share(row, after) for row in counted),
        learners=len(counted),
    )


def _has_begun(row: Row, cell: int) -> bool:
    return row.mark(cell) != MARKS[LogState.NOT_STARTED]


def _share(row: Row, lessons: Measured) -> float:
    counted = [cell for cell, ends_on in lessons if ends_on >= row.joined_on]
    return done_share(done=sum(row.mark(cell) == "+" for cell in counted), due=len(counted))
