"""What the templates of the curriculum are given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TypeVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from blueprints.curriculum.copying import CopyForm
from blueprints.curriculum.edits import Edit
from blueprints.curriculum.kinds import DONE
from blueprints.support.languages import day
from tracker.curricula.planning import Change, Named, StoredCurriculum
from tracker.models import CohortState, Lesson, Project, Reader, Step
from tracker.reports.curricula import ChangeView, Impact

KIND_WORDS = {
    "cohort": _("Cohort"),
    "step": _("Step"),
    "lesson": _("Lesson"),
    "lessons": _("Order of the lessons"),
    "project": _("Project"),
}
VALUE_WORDS = {
    "name": _("name"),
    "title": _("title"),
    "number": _("number"),
    "kind": _("kind"),
    "track": _("track"),
    "time_zone": _("time zone"),
    "starts_on": _("first day"),
    "ends_on": _("last day"),
    "hours": _("hours"),
    "step_number": _("step"),
    "outline": _("topics"),
    "brief": _("brief"),
    "deliverables": _("deliverables"),
    "holidays": _("days without class"),
    "state": _("state"),
}
TOLD_OF_NEW = ("starts_on", "ends_on", "hours")
STATE_WORDS = {
    CohortState.DRAFT: (_("Draft"), _("Only staff can see it.")),
    CohortState.ACTIVE: (_("Running"), _("Everyone in it can see it and log.")),
    CohortState.ARCHIVED: (_("Archived"), _("Everyone can read it; nothing can be changed.")),
}


Inner = TypeVar("Inner", Lesson, Project)


@dataclass(frozen=True)
class StepParts:
    """A step with what is in it; its lessons have places from 1."""

    step: Step
    lessons: tuple[Lesson, ...]
    projects: tuple[Project, ...]


@dataclass(frozen=True)
class Deed:
    """A line of the history."""

    change: ChangeView
    by: str
    title: str

    @property
    def words(self) -> str:
        """Return what was done, and to which part."""
        done = str(DONE.get(self.change.what, self.change.what))
        return f"{done} · {self.title}" if self.title else done

    @classmethod
    def of(cls, change: ChangeView, stored: StoredCurriculum, by: str = "") -> "Deed":
        """Return the line of a change; its part may have left the curriculum since."""
        parts: tuple[Named, ...] = (*stored.steps, *stored.lessons, *stored.projects)
        titles = {part.key: part.title for part in parts}
        return cls(change, by, titles.get(change.part, change.part))


@dataclass(frozen=True)
class CurriculumPage:
    """The whole curriculum; `may_edit` is false in an archived cohort."""

    reader: Reader
    stored: StoredCurriculum
    deeds: tuple[Deed, ...]
    may_edit: bool

    @property
    def steps(self) -> list[StepParts]:
        return [
            StepParts(
                step=step,
                lessons=_live_in(self.stored.lessons, step.number),
                projects=_live_in(self.stored.projects, step.number),
            )
            for step in self.stored.steps
            if not step.archived
        ]

    @property
    def left(self) -> list[tuple[str, Named]]:
        """What left the curriculum, each with the word of its way back."""
        return [
            *(("return-step", step) for step in self.stored.steps if step.archived),
            *(("return-lesson", lesson) for lesson in self.stored.lessons if lesson.archived),
            *(("return-project", project) for project in self.stored.projects if project.archived),
        ]

    @property
    def states(self) -> list[tuple[str, str, str, bool]]:
        """Each state of a cohort: its value, its word, what it means, and whether it is on."""
        return [
            (state.value, str(word), str(meaning), state is self.reader.cohort.state)
            for state, (word, meaning) in STATE_WORDS.items()
        ]


@dataclass(frozen=True)
class EditPage:
    """A form, or the preview of what it would do; `stale`: the curriculum changed meanwhile."""

    reader: Reader
    form: Edit
    heading: str
    action: str
    draft: str
    stale: bool = False
    impact: Impact | None = None
    named: str = ""

    @property
    def lines(self) -> list[tuple[str, str, list[str]]]:
        """What differs, part by part: its kind, its title, and each thing that happens to it."""
        changes = self.impact.changes if self.impact else ()
        return [(str(KIND_WORDS[each.kind]), each.title, _told(each)) for each in changes]

    @property
    def moved(self) -> int:
        """How many lessons and projects get other days."""
        changes = self.impact.changes if self.impact else ()
        inner = [
            each for each in changes if each.kind in {"lesson", "project"} and each.sign == "~"
        ]
        return sum(bool(each.values.keys() & {"starts_on", "ends_on"}) for each in inner)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What was typed, by the name of its box."""
        return [
            (box.name, str(box._value() if hasattr(box, "_value") else box.data or ""))
            for box in self.form.boxes
        ]


@dataclass(frozen=True)
class CopyPage:
    reader: Reader
    form: CopyForm


def _live_in(parts: Iterable[Inner], number: int) -> tuple[Inner, ...]:
    return tuple(part for part in parts if part.step_number == number and not part.archived)


def _told(change: Change) -> list[str]:
    if change.sign == "+":
        told = [name for name in TOLD_OF_NEW if name in change.values]
        new = [f"{VALUE_WORDS[name]} {_shown(change.values[name][1])}" for name in told]
        return [gettext("new"), *new]
    if change.sign == "-":
        return [gettext("archived")]
    told = [gettext("back from the archive")] if change.back else []
    for name, (old, new) in change.values.items():
        if name in VALUE_WORDS:
            told.append(f"{VALUE_WORDS[name]} {_pair(old, new)}")
    return told


def _pair(old: object, new: object) -> str:
    if isinstance(old, (list, tuple)) or len(f"{old}{new}") > 160:
        return str(gettext("changed"))
    return f"{_shown(old)} → {_shown(new)}"


def _shown(value: object) -> str:
    if isinstance(value, date):
        return day(value)
    if isinstance(value, float):
        return f"{value:g}"
    return str(value.value if isinstance(value, Enum) else value) or "–"
