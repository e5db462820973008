"""What must hold between the values of a curriculum file."""

import difflib
from collections.abc import Iterable, Iterator
from zoneinfo import available_timezones

from tracker.curricula.file import CohortPart, CurriculumFile, DatedPart, StepPart
from tracker.curricula.yaml_lines import Path

Problem = tuple[Path, str]
"""Where it is, and what to do about it."""


def problems_in(file: CurriculumFile) -> Iterator[Problem]:
    """Yield everything that is wrong between the file's values."""
    yield from _cohort_problems(file.cohort)
    for place, step in enumerate(file.steps):
        yield from _step_problems(step, file.cohort, ("steps", place))
    yield from _doubled(file)


def _cohort_problems(cohort: CohortPart) -> Iterator[Problem]:
    yield from _date_problems(cohort, ("cohort",))
    zones = available_timezones()
    if cohort.time_zone not in zones:
        near = difflib.get_close_matches(cohort.time_zone, zones, n=1)
        remedy = f"did you mean {near[0]}?" if near else "write it as Asia/Seoul"
        yield ("cohort", "time_zone"), f"no time zone is named {cohort.time_zone!r}; {remedy}"


def _step_problems(step: StepPart, cohort: CohortPart, path: Path) -> Iterator[Problem]:
    yield from _date_problems(step, path)
    yield from _outside(step, cohort, path, "the cohort")
    below: dict[str, tuple[DatedPart, ...]] = {"lessons": step.lessons, "projects": step.projects}
    for name, parts in below.items():
        for place, part in enumerate(parts):
            yield from _date_problems(part, (*path, name, place))
            yield from _outside(part, step, (*path, name, place), f"STEP {step.number}")


def _date_problems(part: DatedPart, path: Path) -> Iterator[Problem]:
    if part.ends_on < part.starts_on:
        yield (*path, "ends_on"), f"{part.ends_on} is before {part.starts_on}; correct one of them"


def _outside(part: DatedPart, around: DatedPart, path: Path, name: str) -> Iterator[Problem]:
    span = f"{name} runs from {around.starts_on} to {around.ends_on}; correct one of them"
    if part.starts_on < around.starts_on:
        yield (*path, "starts_on"), f"{part.starts_on} is outside: {span}"
    if part.ends_on > around.ends_on:
        yield (*path, "ends_on"), f"{part.ends_on} is outside: {span}"


def _doubled(file: CurriculumFile) -> Iterator[Problem]:
    steps = [(("steps", place), step) for place, step in enumerate(file.steps)]
    lessons = [
        ((*path, "lessons", place), lesson)
        for path, step in steps
        for place, lesson in enumerate(step.lessons)
    ]
    projects = [
        ((*path, "projects", place), project)
        for path, step in steps
        for place, project in enumerate(step.projects)
    ]
    yield from _twice("step number", ((path, "number", step.number) for path, step in steps))
    yield from _twice("step key", ((path, "key", step.stable_key) for path, step in steps))
    yield from _twice("lesson key", ((path, "key", part.stable_key) for path, part in lessons))
    yield from _twice("project number", ((path, "number", part.number) for path, part in projects))
    yield from _twice("project key", ((path, "key", part.stable_key) for path, part in projects))


def _twice(what: str, values: Iterable[tuple[Path, str, object]]) -> Iterator[Problem]:
    seen: set[object] = set()
    for path, name, value in values:
        if value in seen:
            yield (*path, name), f"the {what} {value} is used twice; give each its own `{name}`"
        seen.add(value)
