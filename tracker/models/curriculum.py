"""What a cohort learns: steps, lessons, projects."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TypeVar

from tracker.models.words import LessonId, ProjectId, ProjectKind, StepId


@dataclass(frozen=True)
class Step:
    id: StepId
    key: str
    number: int
    title: str
    starts_on: date
    ends_on: date
    archived: bool = False


@dataclass(frozen=True)
class Lesson:
    """A lesson; `cell` is its fixed place in every learner's string of marks."""

    id: LessonId
    key: str
    slug: str
    step_number: int
    title: str
    outline: tuple[str, ...]
    starts_on: date
    ends_on: date
    hours: float
    position: int
    cell: int
    archived: bool = False


@dataclass(frozen=True)
class Project:
    id: ProjectId
    key: str
    number: int
    kind: ProjectKind
    step_number: int
    title: str
    brief: str
    starts_on: date
    ends_on: date
    deliverables: tuple[str, ...]
    archived: bool = False


Inner = TypeVar("Inner", Lesson, Project)


@dataclass(frozen=True)
class Curriculum:
    """The steps, lessons and projects of a cohort in time order, without the archived ones.

    What left it stands beside: records on it stay.
    """

    steps: tuple[Step, ...]
    lessons: tuple[Lesson, ...]
    projects: tuple[Project, ...]
    left_steps: tuple[Step, ...] = ()
    left_lessons: tuple[Lesson, ...] = ()
    left_projects: tuple[Project, ...] = ()

    def step(self, number: int) -> Step | None:
        return next((step for step in self.steps if step.number == number), None)

    def lesson(self, slug: str) -> Lesson | None:
        return next((lesson for lesson in self.lessons if lesson.slug == slug), None)

    def whole(self) -> "Curriculum":
        """Return it with what left it, each part in a step that there is."""
        steps = (*self.steps, *self.left_steps)
        numbers = {step.number for step in steps}
        last = max(numbers, default=0)

        def held(part: Inner) -> Inner:
            return part if part.step_number in numbers else replace(part, step_number=last)

        return Curriculum(
            steps=steps,
            lessons=(*self.lessons, *map(held, self.left_lessons)),
            projects=(*self.projects, *map(held, self.left_projects)),
        )

    def lesson_ever(self, slug: str) -> Lesson | None:
        """Return the lesson, also one that left the curriculum."""
        left = (lesson for lesson in self.left_lessons if lesson.slug == slug)
        return self.lesson(slug) or next(left, None)

    def step_ever(self, number: int) -> Step | None:
        """Return the step, else one of that number that left the curriculum."""
        left = (step for step in self.left_steps if step.number == number)
        return self.step(number) or next(left, None)

    def project_ever(self, number: int) -> Project | None:
        """Return the project, else one of that number that left the curriculum."""
        left = (project for project in self.left_projects if project.number == number)
        return self.project(number) or next(left, None)

    def project(self, number: int) -> Project | None:
        return next((project for project in self.projects if project.number == number), None)

    def lessons_of(self, step_number: int) -> tuple[Lesson, ...]:
        return self._lessons_by_step.get(step_number, ())

    @cached_property
    def _lessons_by_step(self) -> dict[int, tuple[Lesson, ...]]:
        numbers = {lesson.step_number for lesson in self.lessons}
        return {
            number: tuple(lesson for lesson in self.lessons if lesson.step_number == number)
            for number in numbers
        }

    def projects_of(self, step_number: int) -> tuple[Project, ...]:
        return tuple(project for project in self.projects if project.step_number == step_number)
