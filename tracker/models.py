"""What the tracker knows: frozen dataclasses, words with fixed values, and typed ids."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import NewType

PersonId = NewType("PersonId", str)
CohortId = NewType("CohortId", str)
LessonId = NewType("LessonId", str)
ProjectId = NewType("ProjectId", str)
StepId = NewType("StepId", str)
EnrolmentId = NewType("EnrolmentId", str)
LogId = NewType("LogId", str)
CommentId = NewType("CommentId", str)
PostId = NewType("PostId", str)


class Word(str, Enum):
    """A word with a fixed set of values; it prints as its value (StrEnum needs Python 3.11)."""

    __str__ = str.__str__


class Role(Word):
    LEARNER = "learner"
    COACH = "coach"
    MANAGER = "manager"


class Status(Word):
    INVITED = "invited"
    ACTIVE = "active"
    PAUSED = "paused"
    DROPPED = "dropped"
    GRADUATED = "graduated"


class CohortState(Word):
    DRAFT = "draft"
    ACTIVE = "active"
    ARCHIVED = "archived"


class LogState(Word):
    """State of one learner's lesson; MARKS gives its character in the matrix."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    STUCK = "stuck"
    DONE = "done"


MARKS = {
    LogState.NOT_STARTED: ".",
    LogState.IN_PROGRESS: "-",
    LogState.STUCK: "!",
    LogState.DONE: "+",
}
STATES = {mark: state for state, mark in MARKS.items()}


class Pace(Word):
    SLOW = "slow"
    RIGHT = "right"
    FAST = "fast"


class ProjectKind(Word):
    MINI = "mini"
    CAPSTONE = "capstone"


class Visibility(Word):
    """Who may read a comment besides its author."""

    ME = "me"
    STAFF = "staff"
    COHORT = "cohort"


class SubjectKind(Word):
    """What a comment can stand under."""

    LESSON = "lesson"
    PROJECT = "project"
    LOG = "log"
    RETROSPECTIVE = "retrospective"


@dataclass(frozen=True)
class Enrolment:
    """One person's place in one cohort; `ordinal` fixes the bucket that holds their marks."""

    id: EnrolmentId
    cohort_id: CohortId
    person_id: PersonId
    role: Role
    status: Status
    joined_on: date
    ordinal: int

    @property
    def is_active(self) -> bool:
        return self.status is Status.ACTIVE


@dataclass(frozen=True)
class Person:
    """One account. `enrolments` is filled only where it was read together with them."""

    id: PersonId
    email: str
    name: str
    password_hash: str
    language: str
    theme: str
    session_version: int
    is_admin: bool = False
    enrolments: tuple[Enrolment, ...] = ()


@dataclass(frozen=True)
class Cohort:
    """A cohort; `version` grows with each visible change of its figures, and keys every ETag."""

    id: CohortId
    slug: str
    name: str
    track: str
    time_zone: str
    starts_on: date
    ends_on: date
    holidays: tuple[date, ...]
    state: CohortState
    version: int
    curriculum_version: int


@dataclass(frozen=True)
class Step:
    id: StepId
    key: str
    number: int
    title: str
    starts_on: date
    ends_on: date
    archived: bool = False


@dataclass(frozen=True)
class Lesson:
    """A lesson; `cell` is its fixed place in every learner's string of marks."""

    id: LessonId
    key: str
    slug: str
    step_number: int
    title: str
    outline: tuple[str, ...]
    starts_on: date
    ends_on: date
    hours: float
    position: int
    cell: int
    archived: bool = False


@dataclass(frozen=True)
class Project:
    id: ProjectId
    key: str
    number: int
    kind: ProjectKind
    step_number: int
    title: str
    brief: str
    starts_on: date
    ends_on: date
    deliverables: tuple[str, ...]
    archived: bool = False


@dataclass(frozen=True)
class Curriculum:
    """The steps, lessons and projects of a cohort in time order, without the archived ones."""

    steps: tuple[Step, ...]
    lessons: tuple[Lesson, ...]
    projects: tuple[Project, ...]

    def step(self, number: int) -> Step | None:
        return next((step for step in self.steps if step.number == number), None)

    def lesson(self, slug: str) -> Lesson | None:
        return next((lesson for lesson in self.lessons if lesson.slug == slug), None)

    def project(self, number: int) -> Project | None:
        return next((project for project in self.projects if project.number == number), None)

    def lessons_of(self, step_number: int) -> tuple[Lesson, ...]:
        return tuple(lesson for lesson in self.lessons if lesson.step_number == step_number)

    def projects_of(self, step_number: int) -> tuple[Project, ...]:
        return tuple(project for project in self.projects if project.step_number == step_number)


@dataclass(frozen=True)
class Reader:
    """Someone who is signed in, as a member of one cohort; administrators act as managers."""

    person: Person
    cohort: Cohort
    role: Role
    enrolment: Enrolment | None

    @property
    def is_staff(self) -> bool:
        return self.role is not Role.LEARNER


@dataclass(frozen=True)
class LogEntry:
    """What a learner writes of one lesson; None and "" mean "not said".

    `understanding` is 1 (lost) to 5 (could teach it), `minutes` 0 to 6,000.
    """

    state: LogState
    understanding: int | None = None
    pace: Pace | None = None
    minutes: int | None = None
    line: str = ""
    key_points: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Imported:
    """A part of an imported post, standing beside what the learner wrote here."""

    post_id: PostId
    part: int
    title: str
    kind: str
    text: str
    html: str


@dataclass(frozen=True)
class LessonLog:
    """One learner's log of one lesson; `revision` counts its saves from 1."""

    id: LogId
    enrolment_id: EnrolmentId
    cohort_id: CohortId
    lesson_id: LessonId
    entry: LogEntry
    note_html: str
    revision: int
    updated_at: datetime
    updated_by: PersonId
    imported: tuple[Imported, ...] = ()
    owed: bool = False
    previous: LogEntry | None = None
    from_post: PostId | None = None


@dataclass(frozen=True)
class Comment:
    """A comment; `parent_id` is the comment that it answers."""

    id: CommentId
    cohort_id: CohortId
    subject: str
    author_id: PersonId
    author_name: str
    author_is_staff: bool
    visibility: Visibility
    text: str
    html: str
    created_at: datetime
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    parent_id: CommentId | None = None
    post_id: PostId | None = None
    place: str = ""


@dataclass(frozen=True)
class Retrospective:
    """A learner's look back on one step; `revision` 0 means that none was saved yet."""

    enrolment_id: EnrolmentId
    step_id: StepId
    good: str = ""
    lacking: str = ""
    next_try: str = ""
    revision: int = 0
    updated_at: datetime | None = None
    imported: tuple[Imported, ...] = ()


@dataclass(frozen=True)
class ProjectNote:
    """A learner's own notes on one project; `revision` 0 means that none was saved yet."""

    enrolment_id: EnrolmentId
    project_id: ProjectId
    note: str = ""
    note_html: str = ""
    revision: int = 0
    updated_at: datetime | None = None
    imported: tuple[Imported, ...] = ()


@dataclass(frozen=True)
class Invite:
    """An invitation to one cohort; `people` are those who used it."""

    id: str
    cohort_id: CohortId
    role: Role
    expires_at: datetime
    max_uses: int
    people: tuple[PersonId, ...] = ()
    revoked: bool = False

    @property
    def uses_left(self) -> int:
        return max(0, self.max_uses - len(self.people))

    def is_open(self, at: datetime) -> bool:
        """Tell whether somebody new can use it."""
        return not self.revoked and at < self.expires_at and self.uses_left > 0


@dataclass(frozen=True)
class Row:
    """One learner's row of derived figures; `marks` is indexed by a lesson's `cell`."""

    enrolment_id: EnrolmentId
    name: str
    status: Status
    joined_on: date
    marks: str
    logged_at: datetime | None
    seq: int = field(default=0, compare=False)

    def mark(self, cell: int) -> str:
        """Return the mark at a cell; what was never written is not started."""
        return self.marks[cell] if cell < len(self.marks) else "."
