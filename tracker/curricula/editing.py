"""Edits of a curriculum: a file and a change give a file; nothing is stored here.

Each part keeps the key that it has. What is no longer in the file leaves the curriculum, and is
archived when the file is written.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from pydantic import ValidationError

from tracker.curricula.checks import problems_in
from tracker.curricula.file import (
    CohortPart,
    CurriculumFile,
    LessonPart,
    ProjectPart,
    StepPart,
    free_slug,
)
from tracker.curricula.shifting import before_day, stretched
from tracker.errors import Invalid, NotFound

Placed = TypeVar("Placed", LessonPart, ProjectPart)
OUTLINE_MOST = 60


@dataclass(frozen=True)
class SecondHalf:
    """What is said of a lesson that is split off another; its topics leave the first one."""

    title: str
    starts_on: date
    hours: float
    topics: tuple[str, ...]


def checked(file: CurriculumFile) -> CurriculumFile:
    """Return the file, its days stretched around what is in it. Raises Invalid for what cannot be.

    What people type is checked before; this is about how much a curriculum can hold.
    """
    whole = stretched(file)
    try:
        whole = CurriculumFile.model_validate_json(whole.model_dump_json())
    except ValidationError as error:
        raise Invalid([str(each["msg"]) for each in error.errors()]) from error
    if problems := [problem for _, problem in problems_in(whole)]:
        raise Invalid(problems)
    return whole


def step_in(file: CurriculumFile, key: str) -> StepPart:
    """Return the step. Raises NotFound."""
    return _one(file.steps, key)


def lesson_in(file: CurriculumFile, key: str) -> tuple[StepPart, LessonPart]:
    """Return the lesson and its step. Raises NotFound."""
    step = _around(file, key, lambda step: step.lessons)
    return step, _one(step.lessons, key)


def project_in(file: CurriculumFile, key: str) -> tuple[StepPart, ProjectPart]:
    """Return the project and its step. Raises NotFound."""
    step = _around(file, key, lambda step: step.projects)
    return step, _one(step.projects, key)


def free_key(title: str, taken: Iterable[str]) -> str:
    """Return a key for something new: also those of what is archived are taken."""
    return free_slug(title, set(taken))


def with_cohort(file: CurriculumFile, cohort: CohortPart) -> CurriculumFile:
    return CurriculumFile(cohort=cohort, steps=file.steps)


def with_step(file: CurriculumFile, step: StepPart) -> CurriculumFile:
    """Put the step in the place of the one with its key, or add it; numbers give the order."""
    others = [each for each in file.steps if each.key != step.key]
    return _with_steps(file, sorted([*others, step], key=lambda each: each.number))


def without_step(file: CurriculumFile, key: str) -> CurriculumFile:
    return _with_steps(file, [step for step in file.steps if step.key != key])


def with_lesson(
    file: CurriculumFile, lesson: LessonPart, *, step: str, place: int
) -> CurriculumFile:
    """Put the lesson into this step at a place from 1; from wherever it was, it goes."""
    file = without_lesson(file, lesson.stable_key)
    target = step_in(file, step)
    return _with(file, target, lessons=_inserted(target.lessons, lesson, place))


def without_lesson(file: CurriculumFile, key: str) -> CurriculumFile:
    return _mapped(file, lambda step: {"lessons": _except(step.lessons, key)})


def with_project(file: CurriculumFile, project: ProjectPart, *, step: str) -> CurriculumFile:
    file = without_project(file, project.stable_key)
    target = step_in(file, step)
    return _with(file, target, projects=(*target.projects, project))


def without_project(file: CurriculumFile, key: str) -> CurriculumFile:
    return _mapped(file, lambda step: {"projects": _except(step.projects, key)})


def split(file: CurriculumFile, key: str, second: SecondHalf, new_key: str) -> CurriculumFile:
    """End the lesson where the second half begins; that one is new and follows it."""
    step, lesson = lesson_in(file, key)
    place = [each.key for each in step.lessons].index(key) + 1
    holidays = frozenset(file.cohort.holidays)
    first = lesson.model_copy(
        update={
            "ends_on": before_day(lesson, second.starts_on, holidays),
            "hours": max(0.0, lesson.hours - second.hours),
            "outline": tuple(each for each in lesson.outline if each not in second.topics),
        }
    )
    other = LessonPart(
        key=new_key,
        title=second.title,
        starts_on=second.starts_on,
        ends_on=lesson.ends_on,
        hours=second.hours,
        outline=second.topics,
    )
    file = with_lesson(file, first, step=str(step.key), place=place)
    return with_lesson(file, other, step=str(step.key), place=place + 1)


def merged(file: CurriculumFile, kept: str, gone: str) -> CurriculumFile:
    """Let the first lesson take over days, hours and topics of the other, which leaves."""
    step, lesson = lesson_in(file, kept)
    _, other = lesson_in(file, gone)
    topics = [*lesson.outline, *(each for each in other.outline if each not in lesson.outline)]
    whole = lesson.model_copy(
        update={
            "starts_on": min(lesson.starts_on, other.starts_on),
            "ends_on": max(lesson.ends_on, other.ends_on),
            "hours": min(1000.0, lesson.hours + other.hours),
            "outline": tuple(topics[:OUTLINE_MOST]),
        }
    )
    file = without_lesson(file, gone)
    place = [each.key for each in step_in(file, str(step.key)).lessons].index(kept) + 1
    return with_lesson(file, whole, step=str(step.key), place=place)


def _with_steps(file: CurriculumFile, steps: Iterable[StepPart]) -> CurriculumFile:
    return CurriculumFile(cohort=file.cohort, steps=tuple(steps))


def _with(file: CurriculumFile, step: StepPart, **values: object) -> CurriculumFile:
    return _mapped(file, lambda each: values if each.key == step.key else {})


def _mapped(
    file: CurriculumFile, change: Callable[[StepPart], dict[str, object]]
) -> CurriculumFile:
    return _with_steps(file, (step.model_copy(update=change(step)) for step in file.steps))


def _inserted(
    parts: tuple[LessonPart, ...], part: LessonPart, place: int
) -> tuple[LessonPart, ...]:
    start = max(0, place - 1)
    return (*parts[:start], part, *parts[start:])


def _except(parts: tuple[Placed, ...], key: str) -> tuple[Placed, ...]:
    return tuple(part for part in parts if part.stable_key != key)


Found = TypeVar("Found", StepPart, LessonPart, ProjectPart)


def _one(parts: tuple[Found, ...], key: str) -> Found:
    for part in parts:
        if part.stable_key == key:
            return part
    raise NotFound("part of the curriculum", key)


def _around(
    file: CurriculumFile, key: str, inside: Callable[[StepPart], Iterable[LessonPart | ProjectPart]]
) -> StepPart:
    for step in file.steps:
        if any(part.stable_key == key for part in inside(step)):
            return step
    raise NotFound("part of the curriculum", key)
