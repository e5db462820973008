"""What the templates of Today, the cohort and a learner are given."""

from dataclasses import dataclass
from datetime import date

from blueprints.cohorts.forms import DoneForm, EditNoteForm, NoteForm
from tracker.models import Enrolment, Lesson, LessonLog, Person, Reader, StaffNote, Step
from tracker.reports.learners import LessonRow, StepSection, Today
from tracker.reports.posts_out import PartView, PostView
from tracker.reports.threads import ThreadItem


@dataclass(frozen=True)
class HomePage:
    """For those who have several cohorts, or none."""

    readers: tuple[Reader, ...]
    person: Person


@dataclass(frozen=True)
class TodayPage:
    reader: Reader
    others: tuple[Reader, ...]
    today: date
    day: Today
    may_log: bool


@dataclass(frozen=True)
class CohortPage:
    reader: Reader
    sections: tuple[StepSection, ...]
    today: date


@dataclass(frozen=True)
class LearnerPage:
    """One learner's logs; `notes` and `form` are for staff, None for the learner."""

    reader: Reader
    learner: Person
    enrolment: Enrolment
    sections: tuple[StepSection, ...]
    left: tuple[LessonRow, ...]
    left_steps: tuple[Step, ...]
    unfiled: tuple[tuple[PostView, PartView], ...]
    notes: list[StaffNote] | None
    form: NoteForm | None

    @property
    def own(self) -> bool:
        return self.learner.id == self.reader.person.id

    @property
    def done(self) -> int:
        return sum(section.progress.done for section in self.sections)

    @property
    def total(self) -> int:
        return sum(section.progress.total for section in self.sections)


@dataclass(frozen=True)
class LogPage:
    """One learner's log of one lesson, as staff (and the learner) read it.

    `form` is for staff, who may set the lesson done.
    """

    reader: Reader
    learner: Person
    enrolment: Enrolment
    lesson: Lesson
    log: LessonLog | None
    thread: tuple[ThreadItem, ...]
    subject: str
    may_comment: bool
    form: DoneForm | None


@dataclass(frozen=True)
class NotePage:
    """A note that its author edits."""

    reader: Reader
    note: StaffNote
    form: EditNoteForm
