"""What the templates of a lesson are given."""

from dataclasses import dataclass
from datetime import datetime

from blueprints.lessons.forms import LogForm
from blueprints.support.charts import Bars, bars_of
from tracker.models import Cohort, Imported, Lesson, LessonLog, Reader, Step
from tracker.reports.help import PublicProblem
from tracker.reports.learners import LessonRow
from tracker.reports.threads import ThreadItem
from tracker.rules.pulse import LessonPulse


def draft_key(cohort: str, lesson: str) -> str:
    """Return the name under which the browser keeps an unsaved log."""
    return f"log:{cohort}:{lesson}"


@dataclass(frozen=True)
class LinePage:
    """One lesson's row with its one-line form."""

    cohort: Cohort
    row: LessonRow
    problem: str = ""
    typed: str | None = None
    chosen: str | None = None
    saved_at: datetime | None = None

    @property
    def line(self) -> str:
        return self.row.log.line if self.typed is None else self.typed

    @property
    def state(self) -> str:
        """Return the state that the form offers."""
        return self.chosen or self.row.offered


@dataclass(frozen=True)
class LessonPage:
    """A lesson; `form` is None for staff, `conflict` what was saved while the form was open.

    `known` is what was solved on it in earlier cohorts, for staff alone.
    """

    reader: Reader
    step: Step | None
    lesson: Lesson
    log: LessonLog | None
    form: LogForm | None
    thread: tuple[ThreadItem, ...]
    subject: str
    may_comment: bool
    conflict: LessonLog | None = None
    pulse: LessonPulse | None = None

    @property
    def bars(self) -> Bars:
        """Return the bars of the pulse, which only staff see."""
        assert self.pulse is not None
        return bars_of(self.pulse, self.pulse.minutes.high if self.pulse.minutes else 1.0)

    known: tuple[PublicProblem, ...] = ()

    @property
    def imported(self) -> tuple[Imported, ...]:
        return self.log.imported if self.log else ()

    @property
    def draft_key(self) -> str:
        return draft_key(self.reader.cohort.slug, self.lesson.slug)
