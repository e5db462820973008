"""What can be done to lessons and projects."""

from datetime import timedelta
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from wtforms import SelectField, ValidationError
from wtforms.validators import DataRequired, NumberRange

from blueprints.curriculum.edits import (
    NEEDED,
    DatedEdit,
    OfLesson,
    OfProject,
    OfStep,
    Place,
    steps_offered,
)
from blueprints.curriculum.fields import HoursField, LinesField
from blueprints.support.fields import (
    AtMost,
    BlockField,
    DayField,
    LineField,
    WholeField,
    clean_line,
    offered,
)
from tracker.curricula import editing
from tracker.curricula.file import CurriculumFile, LessonPart, ProjectPart
from tracker.curricula.shifting import class_day_from, class_day_until, second_days
from tracker.models import ProjectKind

KINDS = ((ProjectKind.MINI.value, _("Mini-project")), (ProjectKind.CAPSTONE.value, _("Capstone")))
TOPICS = _("One topic on each line.")


class LessonEdit(DatedEdit):
    """What a lesson is asked for."""

    name = LineField(_("Title"), validators=[DataRequired(NEEDED), AtMost(200)])
    step = SelectField(_("Step"))
    place_in_step = WholeField(
        _("Place in the step"),
        validators=[NumberRange(1, 1000, _("Give a number from 1 to 1,000."))],
    )
    hours = HoursField(_("Planned hours"))
    outline = LinesField(_("Topics"), most=editing.OUTLINE_MOST)
    hints: ClassVar[dict[str, Any]] = {
        "outline": TOPICS,
        "place_in_step": _("1 is the first lesson of the step."),
    }

    def offer(self, place: Place) -> None:
        super().offer(place)
        self.step.choices = steps_offered(place.file)

    def _put(self, file: CurriculumFile, key: str) -> CurriculumFile:
        lesson = LessonPart(
            key=key,
            title=self.name.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            hours=self.hours.data,
            outline=self.outline.lines,
        )
        place = self.place_in_step.data
        return editing.with_lesson(file, lesson, step=self.step.data, place=place)


class NewLesson(OfStep, LessonEdit):
    """A lesson that nobody has logged yet."""

    heading = _("New lesson in “%(title)s”")

    @classmethod
    def filled(cls, place: Place) -> dict[str, Any]:
        step = editing.step_in(place.file, place.key)
        return {
            "step": place.key,
            "place_in_step": len(step.lessons) + 1,
            "starts_on": step.ends_on,
            "ends_on": step.ends_on,
            "hours": 8.0,
        }

    def part(self, place: Place) -> str:
        return new_key(place, self.name.data)

    def target(self, place: Place) -> CurriculumFile:
        return self._put(place.file, self.part(place))


class ChangeLesson(OfLesson, LessonEdit):
    """A lesson's title, place, days, hours and topics."""

    heading = _("Change the lesson “%(title)s”")

    @classmethod
    def filled(cls, place: Place) -> dict[str, Any]:
        step, lesson = editing.lesson_in(place.file, place.key)
        return {
            "name": lesson.title,
            "step": step.key,
            "place_in_step": step.lessons.index(lesson) + 1,
            "starts_on": lesson.starts_on,
            "ends_on": lesson.ends_on,
            "hours": lesson.hours,
            "outline": "\n".join(lesson.outline),
        }

    def target(self, place: Place) -> CurriculumFile:
        return self._put(place.file, place.key)


class SplitLesson(OfLesson):
    """One lesson becomes two; the logs stay with the first."""

    heading = _("Split the lesson “%(title)s”")
    hint = _(
        "The lesson ends before the new one begins (a lesson of one day, on that day), and keeps"
        " its address and every log. The new one starts without any."
    )
    name = LineField(_("Title of the new lesson"), validators=[DataRequired(NEEDED), AtMost(200)])
    starts_on = DayField(_("First day of the new lesson"))
    hours = HoursField(_("Hours of the new lesson"))
    topics = LinesField(_("Topics of the new lesson"), most=editing.OUTLINE_MOST)
    hints: ClassVar[dict[str, Any]] = {
        "topics": _("One topic on each line. They leave the first lesson.")
    }

    @classmethod
    def filled(cls, place: Place) -> dict[str, Any]:
        lesson = editing.lesson_in(place.file, place.key)[1]
        holidays = frozenset(place.file.cohort.holidays)
        half = lesson.ends_on - timedelta(days=(lesson.ends_on - lesson.starts_on).days // 2)
        first, last = second_days(lesson, holidays)
        middle = class_day_until(min(class_day_from(half, holidays), last), holidays)
        topics = lesson.outline[-(-len(lesson.outline) // 2) :]
        return {
            "name": f"{lesson.title} 2"[:200],
            "starts_on": max(first, middle),
            "hours": lesson.hours / 2,
            "topics": "\n".join(topics),
        }

    def validate_starts_on(self, field: DayField) -> None:
        lesson = editing.lesson_in(self.place.file, self.place.key)[1]
        first, last = second_days(lesson, frozenset(self.place.file.cohort.holidays))
        if not field.errors and not first <= field.data <= last:
            raise ValidationError(
                _("Give a day of the lesson, from %(first)s to %(last)s.", first=first, last=last)
            )

    def validate_hours(self, field: HoursField) -> None:
        lesson = editing.lesson_in(self.place.file, self.place.key)[1]
        if not field.errors and field.data > lesson.hours:
            most = f"{lesson.hours:g}"
            raise ValidationError(_("The whole lesson has %(most)s; give at most that.", most=most))

    def target(self, place: Place) -> CurriculumFile:
        second = editing.SecondHalf(
            title=self.name.data,
            starts_on=self.starts_on.data,
            hours=self.hours.data,
            topics=self.topics.lines,
        )
        return editing.split(place.file, place.key, second, new_key(place, self.name.data))


class MergeLesson(OfLesson):
    """A lesson takes in another one, which is archived with its logs."""

    heading = _("Merge another lesson into “%(title)s”")
    hint = _(
        "This lesson takes over the days, hours and topics of the other one. That one is archived;"
        " its logs stay on it and can be read."
    )
    other = SelectField(_("The lesson that is taken in"))

    def offer(self, place: Place) -> None:
        super().offer(place)
        self.other.choices = offered(
            (str(lesson.key), f"STEP {step.number} · {lesson.title}")
            for step in place.file.steps
            for lesson in step.lessons
            if lesson.key != place.key
        )

    def target(self, place: Place) -> CurriculumFile:
        return editing.merged(place.file, place.key, self.other.data)


class ProjectEdit(DatedEdit):
    """What a project is asked for."""

    name = LineField(_("Title"), validators=[DataRequired(NEEDED), AtMost(200)])
    number = WholeField(
        _("Number"), validators=[NumberRange(1, 999, _("Give a number from 1 to 999."))]
    )
    kind = SelectField(_("Kind"), choices=offered(KINDS))
    step = SelectField(_("Step"))
    brief = BlockField(_("Brief"), validators=[AtMost(20_000)])
    deliverables = LinesField(_("Deliverables"), most=30)
    hints: ClassVar[dict[str, Any]] = {
        "brief": _("Markdown works here."),
        "deliverables": _("One on each line."),
    }

    def offer(self, place: Place) -> None:
        super().offer(place)
        self.step.choices = steps_offered(place.file)

    def validate_number(self, field: WholeField) -> None:
        projects = (project for step in self.place.file.steps for project in step.projects)
        if any(one.number == field.data and one.key != self.place.key for one in projects):
            raise ValidationError(_("Another project has this number; give one that is free."))

    def _put(self, file: CurriculumFile, key: str) -> CurriculumFile:
        project = ProjectPart(
            key=key,
            number=self.number.data,
            kind=ProjectKind(self.kind.data),
            title=self.name.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            brief=self.brief.data,
            deliverables=self.deliverables.lines,
        )
        return editing.with_project(file, project, step=self.step.data)


class NewProject(OfStep, ProjectEdit):
    """A project in a step."""

    heading = _("New project in “%(title)s”")

    @classmethod
    def filled(cls, place: Place) -> dict[str, Any]:
        step = editing.step_in(place.file, place.key)
        numbers = [project.number for project in place.stored.projects]
        return {
            "step": place.key,
            "number": min(999, max(numbers, default=0) + 1),
            "starts_on": step.ends_on,
            "ends_on": step.ends_on,
        }

    def part(self, place: Place) -> str:
        taken = [project.key for project in place.stored.projects]
        return editing.free_key(f"project {self.number.data}", taken)

    def target(self, place: Place) -> CurriculumFile:
        return self._put(place.file, self.part(place))


class ChangeProject(OfProject, ProjectEdit):
    """A project's number, title, days, brief and deliverables."""

    heading = _("Change the project “%(title)s”")

    @classmethod
    def filled(cls, place: Place) -> dict[str, Any]:
        step, project = editing.project_in(place.file, place.key)
        return {
            "name": project.title,
            "number": project.number,
            "kind": project.kind.value,
            "step": step.key,
            "starts_on": project.starts_on,
            "ends_on": project.ends_on,
            "brief": project.brief,
            "deliverables": "\n".join(project.deliverables),
        }

    def target(self, place: Place) -> CurriculumFile:
        return self._put(place.file, place.key)


def new_key(place: Place, title: str) -> str:
    """Return a key for a new lesson; no archived one comes back by having the same title."""
    return editing.free_key(clean_line(title), [lesson.key for lesson in place.stored.lessons])
