"""What can be done to a curriculum, each a form; here the base of all, and what is about the whole.

A form without boxes asks nothing: its address leads straight to the preview.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import ValidationError
from wtforms.validators import DataRequired, NumberRange

from blueprints.curriculum.fields import HolidaysField
from blueprints.support.fields import (
    AtMost,
    DayField,
    LineField,
    Revision,
    TextForm,
    WholeField,
    offered,
)
from tracker.curricula import editing
from tracker.curricula.file import CurriculumFile
from tracker.curricula.planning import StoredCurriculum
from tracker.curricula.shifting import shifted
from tracker.curricula.storing import file_of
from tracker.models import Cohort

NEEDED = _("Write something here.")
SHIFT_MOST = 200


@dataclass(frozen=True)
class Place:
    """What an edit is about: the curriculum as stored and as a file, and a part's key."""

    cohort: Cohort
    stored: StoredCurriculum
    key: str
    today: date

    @cached_property
    def file(self) -> CurriculumFile:
        return file_of(self.stored)


class Edit(TextForm):
    """A change of the curriculum; `heading` names it with the part's title."""

    heading: ClassVar[Any]
    hint: ClassVar[Any] = ""
    hints: ClassVar[dict[str, Any]] = {}
    version = Revision()

    @classmethod
    def title(cls, place: Place) -> str:
        """Return the part's title for the heading. Raises NotFound where there is none."""
        return place.cohort.name

    @classmethod
    def filled(cls, place: Place) -> dict[str, Any]:  # noqa: ARG003  what most forms need
        """Return what the boxes hold when the form is opened."""
        return {}

    def offer(self, place: Place) -> None:
        """Keep what the checks look at, and set what selects offer."""
        self.place = place

    def part(self, place: Place) -> str:
        """Return the key of the part that the history names: of what is new, or is changed."""
        return place.key

    def target(self, place: Place) -> CurriculumFile:
        """Return the curriculum as it shall be."""
        raise NotImplementedError

    @property
    def boxes(self) -> list[Any]:
        """The fields that people fill in, the name before all others."""
        found = [field for field in self if field.name not in {"version", "csrf_token"}]
        return sorted(found, key=lambda field: field.name != "name")


class DatedEdit(Edit):
    """An edit of something that has a first and a last day."""

    starts_on = DayField(_("First day"))
    ends_on = DayField(_("Last day"))

    def validate_ends_on(self, field: DayField) -> None:
        if not (field.errors or self.starts_on.errors) and field.data < self.starts_on.data:
            raise ValidationError(_("This is before the first day; correct one of them."))


class OfStep(Edit):
    """An edit of a step, or of something new in it."""

    @classmethod
    def title(cls, place: Place) -> str:
        return editing.step_in(place.file, place.key).title


class OfLesson(Edit):
    """An edit of a lesson."""

    @classmethod
    def title(cls, place: Place) -> str:
        return editing.lesson_in(place.file, place.key)[1].title


class OfProject(Edit):
    """An edit of a project."""

    @classmethod
    def title(cls, place: Place) -> str:
        return editing.project_in(place.file, place.key)[1].title


class ChangeCohort(DatedEdit):
    """Its name, days and holidays."""

    heading = _("Name, days and holidays of %(title)s")
    name = LineField(_("Name"), validators=[DataRequired(NEEDED), AtMost(200)])
    holidays = HolidaysField(_("Days without class"))
    hints: ClassVar[dict[str, Any]] = {"holidays": _("One day on each line, such as 2031-05-05.")}

    @classmethod
    def filled(cls, place: Place) -> dict[str, Any]:
        cohort = place.cohort
        return {
            "name": cohort.name,
            "starts_on": cohort.starts_on,
            "ends_on": cohort.ends_on,
            "holidays": "\n".join(map(str, cohort.holidays)),
        }

    def validate_starts_on(self, field: DayField) -> None:
        hold_inside(field.data, None, self.place.file.steps)

    def validate_ends_on(self, field: DayField) -> None:
        super().validate_ends_on(field)
        hold_inside(None, field.data, self.place.file.steps)

    def target(self, place: Place) -> CurriculumFile:
        values = {
            "name": self.name.data,
            "starts_on": self.starts_on.data,
            "ends_on": self.ends_on.data,
            "holidays": self.holidays.days,
        }
        cohort = place.file.cohort.model_copy(update=values)
        return editing.with_cohort(place.file, cohort)


class Shift(Edit):
    """The remaining schedule, moved over weekends and holidays."""

    heading = _("Move the schedule of %(title)s")
    hint = _(
        "Every first and last day from this day on moves by that many class days: weekends and"
        " days without class are skipped. What is over stays as it is."
    )
    since = DayField(_("From this day on"))
    count = WholeField(
        _("By how many class days"),
        default=1,
        validators=[NumberRange(-SHIFT_MOST, SHIFT_MOST, _("Give days from -200 to 200."))],
    )
    hints: ClassVar[dict[str, Any]] = {
        "count": _("A number below 0, such as -2, moves it earlier.")
    }

    @classmethod
    def filled(cls, place: Place) -> dict[str, Any]:
        return {"since": place.today, "count": 1}

    def validate_count(self, field: WholeField) -> None:
        if field.data == 0:
            raise ValidationError(_("0 moves nothing; give 1 day or more, or -1 or less."))

    def target(self, place: Place) -> CurriculumFile:
        return shifted(place.file, since=self.since.data, count=self.count.data)


def steps_offered(file: CurriculumFile) -> list[Any]:
    """Return the choices of a select of steps."""
    return offered((str(step.key), f"STEP {step.number} · {step.title}") for step in file.steps)


def hold_inside(first: date | None, last: date | None, parts: Any) -> None:
    """Refuse a first or last day that leaves one of the parts outside."""
    if first and any(part.starts_on < first for part in parts):
        earliest = min(part.starts_on for part in parts)
        raise ValidationError(
            gettext("Something in it begins on %(day)s; give that day or one before.", day=earliest)
        )
    if last and any(part.ends_on > last for part in parts):
        latest = max(part.ends_on for part in parts)
        raise ValidationError(
            gettext("Something in it ends on %(day)s; give that day or a later one.", day=latest)
        )
