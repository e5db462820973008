"""What an import has to write: the file compared with what is stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from tracker.curricula.file import CohortPart, CurriculumFile, LessonPart, ProjectPart, StepPart
from tracker.models import Cohort, CohortState, Lesson, Project, Step


class Named(Protocol):
    """A stored step, lesson or project."""

    @property
    def key(self) -> str:
        """What it keeps over every import."""

    @property
    def archived(self) -> bool:
        """Whether it left the curriculum."""

    @property
    def title(self) -> str:
        """What people call it."""


Stored = TypeVar("Stored", bound=Named)


@dataclass(frozen=True)
class Change:
    """One line of what an import does: `sign` is "+", "~" or "-".

    `title` is what people call the part, `values` each value that differs as (old, new), of what
    is new every one as (None, new); `back` says that it comes out of the archive.
    """

    sign: str
    kind: str
    key: str
    what: str = ""
    title: str = ""
    values: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    back: bool = False

    def __str__(self) -> str:
        """Return it as "~ lesson django: hours 24 → 32"."""
        between = "" if not self.what else " " if self.sign == "-" else ": "
        return f"{self.sign} {self.kind} {self.key}{between}{self.what}"


@dataclass(frozen=True)
class StoredCurriculum:
    """Everything that the database holds of a cohort's curriculum, archived parts too."""

    cohort: Cohort | None = None
    steps: Sequence[Step] = ()
    lessons: Sequence[Lesson] = ()
    projects: Sequence[Project] = ()


Values = dict[str, Any]
"""The stored fields of one part, as the document modules' `put` takes them."""


@dataclass(frozen=True)
class Plan:
    """What to write, by key, and how to tell it: only what is new or differs.

    `cohort` has every value of a new cohort, `cohort_changes` those that differ.
    """

    changes: tuple[Change, ...]
    cohort: Values
    cohort_changes: Values
    steps: dict[str, Values]
    lessons: dict[str, Values]
    projects: dict[str, Values]
    archived_steps: list[str]
    archived_lessons: list[str]
    archived_projects: list[str]


def plan_for(file: CurriculumFile, stored: StoredCurriculum) -> Plan:
    """Return what makes the stored curriculum equal to the file."""
    steps = {step.stable_key: _step_values(step) for step in file.steps}
    lessons = _all_lessons(file)
    projects = {
        project.stable_key: _project_values(project, step.number)
        for step in file.steps
        for project in step.projects
    }
    cohort = _cohort_values(file.cohort, stored.cohort)
    return Plan(
        changes=(
            *_cohort_changes(file.cohort.slug, cohort, stored.cohort),
            *_changes("step", steps, stored.steps),
            *_changes("lesson", lessons, stored.lessons),
            *_order_changes(lessons, stored.lessons),
            *_changes("project", projects, stored.projects),
        ),
        cohort=cohort,
        cohort_changes=(
            {name: new for name, (_, new) in _differing(cohort, stored.cohort).items()}
            if stored.cohort
            else cohort
        ),
        steps=_to_put(steps, stored.steps),
        lessons=_to_put(lessons, stored.lessons),
        projects=_to_put(projects, stored.projects),
        archived_steps=_gone(steps, stored.steps),
        archived_lessons=_gone(lessons, stored.lessons),
        archived_projects=_gone(projects, stored.projects),
    )


def _all_lessons(file: CurriculumFile) -> dict[str, Values]:
    in_order = [(step.number, lesson) for step in file.steps for lesson in step.lessons]
    return {
        lesson.stable_key: _lesson_values(lesson, number, position)
        for position, (number, lesson) in enumerate(in_order)
    }


def _cohort_values(part: CohortPart, stored: Cohort | None) -> Values:
    return {
        "name": part.name,
        "track": part.track,
        "time_zone": part.time_zone,
        "starts_on": part.starts_on,
        "ends_on": part.ends_on,
        "holidays": sorted(set(part.holidays)),
        "state": part.state or (stored.state if stored else CohortState.ACTIVE),
    }


def _step_values(part: StepPart) -> Values:
    return {
        "number": part.number,
        "title": part.title,
        "starts_on": part.starts_on,
        "ends_on": part.ends_on,
    }


def _lesson_values(part: LessonPart, step_number: int, position: int) -> Values:
    return {
        "step_number": step_number,
        "title": part.title,
        "outline": list(part.outline),
        "starts_on": part.starts_on,
        "ends_on": part.ends_on,
        "hours": part.hours,
        "position": position,
    }


def _project_values(part: ProjectPart, step_number: int) -> Values:
    return {
        "number": part.number,
        "kind": part.kind,
        "step_number": step_number,
        "title": part.title,
        "brief": part.brief,
        "starts_on": part.starts_on,
        "ends_on": part.ends_on,
        "deliverables": list(part.deliverables),
    }


def _cohort_changes(slug: str, values: Values, stored: Cohort | None) -> Iterator[Change]:
    if stored is None:
        yield Change("+", "cohort", slug, title=values["name"])
    elif what := _differences(values, stored):
        yield Change("~", "cohort", slug, what, stored.name, _differing(values, stored))


def _changes(kind: str, parts: Mapping[str, Values], stored: Sequence[Named]) -> Iterator[Change]:
    there = {part.key: part for part in stored}
    for key, values in parts.items():
        if key not in there:
            new = {name: (None, value) for name, value in values.items()}
            yield Change("+", kind, key, title=values["title"], values=new)
            continue
        part = there[key]
        what = _differences(values, part)
        back = "back from the archive" if part.archived else ""
        if what or back:
            told = ", ".join(filter(None, (back, what)))
            differing = _differing(values, part)
            yield Change("~", kind, key, told, part.title, differing, part.archived)
    for key in _gone(parts, stored):
        yield Change("-", kind, key, "archived", there[key].title)


def _order_changes(parts: Mapping[str, Values], stored: Sequence[Lesson]) -> Iterator[Change]:
    """Yield one change if lessons that stay stand in another order; new ones only move others."""
    before = [lesson.key for lesson in stored if not lesson.archived and lesson.key in parts]
    after = [key for key in parts if key in before]
    if before != after:
        titles = ", ".join(parts[key]["title"] for key in after)
        yield Change("~", "lessons", "order", ", ".join(after), titles)


def _to_put(parts: Mapping[str, Values], stored: Sequence[Named]) -> dict[str, Values]:
    there = {part.key: part for part in stored}
    return {
        key: values
        for key, values in parts.items()
        if key not in there or there[key].archived or _differing(values, there[key])
    }


def _gone(parts: Mapping[str, Values], stored: Sequence[Named]) -> list[str]:
    return [part.key for part in stored if not part.archived and part.key not in parts]


def _differing(values: Values, stored: object) -> dict[str, tuple[Any, Any]]:
    pairs = {name: (getattr(stored, name), value) for name, value in values.items()}
    return {
        name: (old, new)
        for name, (old, new) in pairs.items()
        if (list(old) if isinstance(old, tuple) else old) != new
    }


def _differences(values: Values, stored: object) -> str:
    """Return the differences as "hours 24 → 32, outline changed"; positions are told apart."""
    return ", ".join(
        f"{name} {_shown(old)} → {_shown(new)}" if _is_short(old, new) else f"{name} changed"
        for name, (old, new) in _differing(values, stored).items()
        if name != "position"
    )


def _is_short(*values: object) -> bool:
    return all(not isinstance(value, (list, tuple)) and len(str(value)) <= 60 for value in values)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return str(value) or "(none)"
