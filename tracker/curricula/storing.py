"""A stored curriculum as the file that would make it, and such a file as text."""

from datetime import date
from typing import Any, TypeVar

import yaml

from tracker.curricula.file import (
    CohortPart,
    CurriculumFile,
    LessonPart,
    Part,
    ProjectPart,
    StepPart,
)
from tracker.curricula.planning import StoredCurriculum
from tracker.models import Lesson, Project, Step

Kind = TypeVar("Kind", bound=Part)
FIRST = frozenset({"slug", "name", "number", "kind", "title", "key"})
"""The keys that name a part, and stand before all others in a file."""


def file_of(stored: StoredCurriculum, *, with_state: bool = False) -> CurriculumFile:
    """Return the file that changes nothing when it is imported; every key stands in it.

    Without its state, a change of the curriculum neither opens nor closes the cohort.
    """
    assert stored.cohort is not None, "only what is stored can be a file"
    return CurriculumFile(
        cohort=_part(CohortPart, stored.cohort, **({} if with_state else {"state": None})),
        steps=tuple(_step_part(step, stored) for step in stored.steps if not step.archived),
    )


def yaml_of(file: CurriculumFile) -> str:
    """Return the file as YAML that `read_curriculum` reads back as the same."""
    plain = _without_nothing(file.model_dump())
    return yaml.dump(
        plain, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100, line_break="\n"
    )


def lesson_part(lesson: Lesson) -> LessonPart:
    return _part(LessonPart, lesson)


def project_part(project: Project) -> ProjectPart:
    return _part(ProjectPart, project)


def _step_part(step: Step, stored: StoredCurriculum) -> StepPart:
    def inside(part: Lesson | Project) -> bool:
        return part.step_number == step.number and not part.archived

    return _part(
        StepPart,
        step,
        lessons=tuple(map(lesson_part, filter(inside, stored.lessons))),
        projects=tuple(map(project_part, filter(inside, stored.projects))),
    )


def _part(kind: type[Kind], stored: object, **others: object) -> Kind:
    """Return the part of a file that has the stored values of the same names, or these others."""
    names = kind.model_fields.keys() - others.keys()
    return kind(**{name: getattr(stored, name) for name in names}, **others)


def _without_nothing(value: Any) -> Any:
    """Return the value as YAML's own types, without keys that say nothing."""
    if isinstance(value, dict):
        return {
            key: _without_nothing(value[key])
            for key in sorted(value, key=lambda key: key not in FIRST)
            if value[key] is not None and value[key] not in ("", ())
        }
    if isinstance(value, (list, tuple)):
        return [_without_nothing(each) for each in value]
    return value if isinstance(value, (bool, int, float, date)) else str(value)


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such, and nothing by reference."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    )


_Dumper.add_representer(str, _text_node)
