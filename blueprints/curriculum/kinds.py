"""Every edit by the word that stands in its address, and what the history calls it."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _

from blueprints.curriculum import edits, leaving, part_edits, step_edits
from tracker.curricula.file import CurriculumFile


@dataclass(frozen=True)
class PlaceBefore(edits.Place):
    """What an undo is about: the curriculum as it was before a change, and what that was."""

    former: CurriculumFile
    change: str


class Undo(edits.Edit):
    """The curriculum becomes again what it was before a change; that is a change, too."""

    heading = _("Go back to before “%(title)s”")
    hint = _("The curriculum becomes what it was. No log is touched, so every figure returns.")

    @classmethod
    def title(cls, place: edits.Place) -> str:
        assert isinstance(place, PlaceBefore), "made with what was there before"
        return place.change

    def part(self, place: edits.Place) -> str:
        return ""

    def target(self, place: edits.Place) -> CurriculumFile:
        assert isinstance(place, PlaceBefore), "made with what was there before"
        return place.former


UNDO = "undo"
EDITS: dict[str, type[edits.Edit]] = {
    "cohort": edits.ChangeCohort,
    "shift": edits.Shift,
    "new-step": step_edits.NewStep,
    "step": step_edits.ChangeStep,
    "archive-step": leaving.ArchiveStep,
    "return-step": leaving.ReturnStep,
    "new-lesson": part_edits.NewLesson,
    "lesson": part_edits.ChangeLesson,
    "split": part_edits.SplitLesson,
    "merge": part_edits.MergeLesson,
    "archive-lesson": leaving.ArchiveLesson,
    "return-lesson": leaving.ReturnLesson,
    "new-project": part_edits.NewProject,
    "project": part_edits.ChangeProject,
    "archive-project": leaving.ArchiveProject,
    "return-project": leaving.ReturnProject,
    UNDO: Undo,
}
WHOLE = frozenset({"cohort", "shift", "new-step"})
"""The edits that are about no part."""
DONE: dict[str, Any] = {
    "imported": _("Imported from a file"),
    "copied": _("Copied from another cohort"),
    "cohort": _("Name, days or holidays changed"),
    "shift": _("Schedule moved"),
    "new-step": _("Step added"),
    "step": _("Step changed"),
    "archive-step": _("Step archived"),
    "return-step": _("Step brought back"),
    "new-lesson": _("Lesson added"),
    "lesson": _("Lesson changed"),
    "split": _("Lesson split"),
    "merge": _("Lessons merged"),
    "archive-lesson": _("Lesson archived"),
    "return-lesson": _("Lesson brought back"),
    "new-project": _("Project added"),
    "project": _("Project changed"),
    "archive-project": _("Project archived"),
    "return-project": _("Project brought back"),
    UNDO: _("Went back"),
}
