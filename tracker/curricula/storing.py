"""A stored curriculum as the file that would make it, and such a file as text."""

from datetime import date
from typing import Any

import yaml

from tracker.curricula.file import CohortPart, CurriculumFile, LessonPart, ProjectPart, StepPart
from tracker.curricula.planning import StoredCurriculum
from tracker.models import Cohort, Lesson, Project, Step


def file_of(stored: StoredCurriculum, *, with_state: bool = False) -> CurriculumFile:
    """Return the file that changes nothing when it is imported; every key stands in it.

    Without its state, a change of the curriculum neither opens nor closes the cohort.
    """
    assert stored.cohort is not None, "only what is stored can be a file"
    return CurriculumFile(
        cohort=_cohort_part(stored.cohort, with_state=with_state),
        steps=tuple(_step_part(step, stored) for step in stored.steps if not step.archived),
    )


def yaml_of(file: CurriculumFile) -> str:
    """Return the file as YAML that `read_curriculum` reads back as the same."""
    plain = _without_nothing(file.model_dump())
    return yaml.dump(
        plain, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100, line_break="\n"
    )


def lesson_part(lesson: Lesson) -> LessonPart:
    return LessonPart(
        key=lesson.key,
        title=lesson.title,
        starts_on=lesson.starts_on,
        ends_on=lesson.ends_on,
        hours=float(lesson.hours),
        outline=lesson.outline,
    )


def project_part(project: Project) -> ProjectPart:
    return ProjectPart(
        key=project.key,
        number=project.number,
        kind=project.kind,
        title=project.title,
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        brief=project.brief,
        deliverables=project.deliverables,
    )


def _cohort_part(cohort: Cohort, *, with_state: bool) -> CohortPart:
    return CohortPart(
        slug=cohort.slug,
        name=cohort.name,
        track=cohort.track,
        time_zone=cohort.time_zone,
        starts_on=cohort.starts_on,
        ends_on=cohort.ends_on,
        holidays=cohort.holidays,
        state=cohort.state if with_state else None,
    )


def _step_part(step: Step, stored: StoredCurriculum) -> StepPart:
    return StepPart(
        key=step.key,
        number=step.number,
        title=step.title,
        starts_on=step.starts_on,
        ends_on=step.ends_on,
        lessons=tuple(
            lesson_part(lesson)
            for lesson in stored.lessons
            if lesson.step_number == step.number and not lesson.archived
        ),
        projects=tuple(
            project_part(project)
            for project in stored.projects
            if project.step_number == step.number and not project.archived
        ),
    )


def _without_nothing(value: Any) -> Any:
    """Return the value as YAML's own types, without keys that say nothing."""
    if isinstance(value, dict):
        return {
            key: _without_nothing(each)
            for key, each in value.items()
            if each is not None and each not in ("", ())
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
