"""What leaves a curriculum, and how it comes back."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import SelectField, ValidationError
from wtforms.validators import NumberRange

from blueprints.curriculum.edits import Edit, OfLesson, OfProject, OfStep, Place, steps_offered
from blueprints.curriculum.step_edits import StepEdit
from blueprints.support.fields import WholeField
from tracker.curricula import editing
from tracker.curricula.file import CurriculumFile, StepPart
from tracker.curricula.planning import Named, StoredCurriculum
from tracker.curricula.storing import lesson_part, project_part
from tracker.errors import NotFound


class ArchiveStep(OfStep):
    """A step leaves with all that is in it."""

    heading = _("Archive the step “%(title)s”")

    def target(self, place: Place) -> CurriculumFile:
        return editing.without_step(place.file, place.key)


class ArchiveLesson(OfLesson):
    """A lesson leaves; its logs stay."""

    heading = _("Archive the lesson “%(title)s”")

    def target(self, place: Place) -> CurriculumFile:
        return editing.without_lesson(place.file, place.key)


class ArchiveProject(OfProject):
    """A project leaves; the notes on it stay."""

    heading = _("Archive the project “%(title)s”")

    def target(self, place: Place) -> CurriculumFile:
        return editing.without_project(place.file, place.key)


class ReturnStep(Edit):
    """A step comes back by itself; what was in it is brought back one by one."""

    heading = _("Bring back the step “%(title)s”")
    number = WholeField(
        _("Number"), validators=[NumberRange(0, 99, _("Give a number from 0 to 99."))]
    )
    validate_number = StepEdit.validate_number

    @classmethod
    def title(cls, place: Place) -> str:
        return str(left(place.stored.steps, place.key).title)

    @classmethod
    def filled(cls, place: Place) -> dict[str, Any]:
        return {"number": left(place.stored.steps, place.key).number}

    def target(self, place: Place) -> CurriculumFile:
        step = left(place.stored.steps, place.key)
        part = StepPart(
            key=step.key,
            number=self.number.data,
            title=step.title,
            starts_on=step.starts_on,
            ends_on=step.ends_on,
        )
        return editing.with_step(place.file, part)


class ReturnPart(Edit):
    """Something comes back into a step."""

    step = SelectField(_("Step"))

    def offer(self, place: Place) -> None:
        super().offer(place)
        self.step.choices = steps_offered(place.file)


class ReturnLesson(ReturnPart):
    """A lesson comes back with its logs, at the end of its step."""

    heading = _("Bring back the lesson “%(title)s”")

    @classmethod
    def title(cls, place: Place) -> str:
        return str(left(place.stored.lessons, place.key).title)

    @classmethod
    def filled(cls, place: Place) -> dict[str, Any]:
        number = left(place.stored.lessons, place.key).step_number
        return {"step": key_of_step(place.file, number)}

    def target(self, place: Place) -> CurriculumFile:
        part = lesson_part(left(place.stored.lessons, place.key))
        return editing.with_lesson(place.file, part, step=self.step.data, place=10_000)


class ReturnProject(ReturnPart):
    """A project comes back with the notes on it."""

    heading = _("Bring back the project “%(title)s”")

    @classmethod
    def title(cls, place: Place) -> str:
        return str(left(place.stored.projects, place.key).title)

    @classmethod
    def filled(cls, place: Place) -> dict[str, Any]:
        number = left(place.stored.projects, place.key).step_number
        return {"step": key_of_step(place.file, number)}

    def validate_step(self, field: SelectField) -> None:
        number = left(self.place.stored.projects, self.place.key).number
        projects = (project for step in self.place.file.steps for project in step.projects)
        if any(project.number == number for project in projects):
            raise ValidationError(
                _("Project %(number)s is another one now; change its number first.", number=number)
            )

    def target(self, place: Place) -> CurriculumFile:
        part = project_part(left(place.stored.projects, place.key))
        return editing.with_project(place.file, part, step=self.step.data)


def is_done(what: str, stored: StoredCurriculum, key: str) -> bool:
    """Tell whether the part is already where this edit would bring it: gone, or back."""
    deed, _hyphen, kind = what.partition("-")
    parts: dict[str, Sequence[Named]] = {
        "step": stored.steps,
        "lesson": stored.lessons,
        "project": stored.projects,
    }
    if deed not in {"archive", "return"}:
        return False
    archived = deed == "archive"
    return any(part.key == key and part.archived is archived for part in parts.get(kind, ()))


def key_of_step(file: CurriculumFile, number: int) -> str:
    """Return the key of the step with this number, else of the last one."""
    keys = [str(step.key) for step in file.steps if step.number == number]
    return keys[0] if keys else str(file.steps[-1].key) if file.steps else ""


def left(parts: Any, key: str) -> Any:
    """Return the part with this key that left the curriculum. Raises NotFound."""
    found: list[Named] = [part for part in parts if part.key == key and part.archived]
    if not found:
        raise NotFound("archived part", key)
    return found[0]
