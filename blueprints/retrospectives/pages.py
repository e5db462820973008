"""What the look back on a step is given."""

from dataclasses import dataclass

from blueprints.retrospectives.forms import RetrospectiveForm
from tracker.models import Enrolment, Person, Reader, Retrospective, Step
from tracker.reports.learners import LessonRow
from tracker.reports.threads import ThreadItem


@dataclass(frozen=True)
class RetrospectivePage:
    """A learner's look back; `form` is None where the reader may only read."""

    reader: Reader
    learner: Person
    enrolment: Enrolment
    step: Step
    rows: tuple[LessonRow, ...]
    retrospective: Retrospective
    form: RetrospectiveForm | None
    thread: tuple[ThreadItem, ...]
    subject: str
    may_comment: bool
    conflict: Retrospective | None = None

    @property
    def own(self) -> bool:
        return self.learner.id == self.reader.person.id


def draft_key(cohort: str, number: int) -> str:
    """Return the name under which the browser keeps an unsaved look back."""
    return f"retrospective:{cohort}:{number}"
