"""What can be done to steps."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import ValidationError
from wtforms.validators import DataRequired, NumberRange

from blueprints.curriculum.edits import NEEDED, DatedEdit, OfStep, Place, hold_inside
from blueprints.support.fields import AtMost, DayField, LineField, WholeField
from tracker.curricula import editing
from tracker.curricula.file import CurriculumFile, StepPart


class StepEdit(DatedEdit):
    """What a step is asked for."""

    name = LineField(_("Title"), validators=[DataRequired(NEEDED), AtMost(200)])
    number = WholeField(
        _("Number"), validators=[NumberRange(0, 99, _("Give a number from 0 to 99."))]
    )

    def validate_number(self, field: WholeField) -> None:
        others = [step for step in self.place.file.steps if step.key != self.place.key]
        if any(step.number == field.data for step in others):
            raise ValidationError(_("Another step has this number; give one that is free."))

    def _step(self, key: str, file: CurriculumFile) -> StepPart:
        there = next((step for step in file.steps if step.key == key), None)
        return StepPart(
            key=key,
            number=self.number.data,
            title=self.name.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            lessons=there.lessons if there else (),
            projects=there.projects if there else (),
        )


class NewStep(StepEdit):
    """A step behind the others."""

    heading = _("New step in %(title)s")

    @classmethod
    def filled(cls, place: Place) -> dict[str, Any]:
        steps = place.file.steps
        day = steps[-1].ends_on if steps else place.cohort.starts_on
        number = min(99, max((step.number for step in steps), default=0) + 1)
        return {"number": number, "starts_on": day, "ends_on": day}

    def part(self, place: Place) -> str:
        taken = [step.key for step in place.stored.steps]
        return editing.free_key(f"step {self.number.data}", taken)

    def target(self, place: Place) -> CurriculumFile:
        return editing.with_step(place.file, self._step(self.part(place), place.file))


class ChangeStep(OfStep, StepEdit):
    """A step's number, title and days."""

    heading = _("Change the step “%(title)s”")

    @classmethod
    def filled(cls, place: Place) -> dict[str, Any]:
        step = editing.step_in(place.file, place.key)
        return {
            "name": step.title,
            "number": step.number,
            "starts_on": step.starts_on,
            "ends_on": step.ends_on,
        }

    def validate_starts_on(self, field: DayField) -> None:
        step = editing.step_in(self.place.file, self.place.key)
        hold_inside(field.data, None, (*step.lessons, *step.projects))

    def validate_ends_on(self, field: DayField) -> None:
        super().validate_ends_on(field)
        step = editing.step_in(self.place.file, self.place.key)
        hold_inside(None, field.data, (*step.lessons, *step.projects))

    def target(self, place: Place) -> CurriculumFile:
        return editing.with_step(place.file, self._step(place.key, place.file))
