"""What learners leave behind: logs, comments, looks back, notes, and the row of figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from tracker.models.words import (
    CohortId,
    CommentId,
    EnrolmentId,
    LessonId,
    LogId,
    LogState,
    Pace,
    PersonId,
    PostId,
    ProjectId,
    Status,
    StepId,
    Visibility,
)


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
class FormerEntry:
    """What a log said at this revision, until it was saved again."""

    revision: int
    entry: LogEntry
    replaced_at: datetime


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
class Completion:
    """A lesson that staff set done: by whom, why, and since when.

    `own_since` is when the learner's own entry came into the state that it is in.
    """

    by: PersonId
    by_name: str
    reason: str
    at: datetime
    own_since: datetime


class LogSummary(NamedTuple):
    """What lists show of a log; what the defaults say is that nothing was logged.

    `seq` grows with every change of the log.
    """

    own_state: LogState = LogState.NOT_STARTED
    line: str = ""
    revision: int = 0
    seq: int = 0
    completion: Completion | None = None

    @property
    def state(self) -> LogState:
        """Return the state that counts (see LessonLog)."""
        return LogState.DONE if self.completion else self.own_state


@dataclass(frozen=True)
class Journal:
    """All that lists show of what a learner wrote: the logs, and the steps they looked back on."""

    logs: Mapping[LessonId, LogSummary] = field(default_factory=dict)
    looked_back: frozenset[StepId] = frozenset()


@dataclass(frozen=True)
class LessonLog:
    """One learner's log of one lesson; `revision` counts its saves from 1, 0: none yet.

    `state_since` is when the lesson came into the state that counts: what keeps the state keeps
    it. `completion` stands while staff have set the lesson done; `completions` counts how often
    that was set or undone, last by `completed_by` at `completed_at`.
    """

    id: LogId
    enrolment_id: EnrolmentId
    cohort_id: CohortId
    lesson_id: LessonId
    entry: LogEntry
    note_html: str
    revision: int
    updated_at: datetime
    updated_by: PersonId
    state_since: datetime
    imported: tuple[Imported, ...] = ()
    owed: bool = False
    previous: LogEntry | None = None
    from_post: PostId | None = None
    completion: Completion | None = None
    completions: int = 0
    completed_by: PersonId | None = None
    completed_at: datetime | None = None

    @property
    def state(self) -> LogState:
        """Return the state that counts, for the learner, for staff and in every figure."""
        return LogState.DONE if self.completion else self.entry.state

    @property
    def summary(self) -> LogSummary:
        return LogSummary(
            own_state=self.entry.state,
            line=self.entry.line,
            revision=self.revision,
            seq=self.revision + self.completions,
            completion=self.completion,
        )


@dataclass(frozen=True)
class Comment:
    """A comment; `parent_id` is the first of its thread, if it answers.

    `asker_id` is who wrote that first one; `widest` is who at most may read the answer.
    """

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
    asker_id: PersonId | None = None
    widest: Visibility = Visibility.COHORT


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
class Said:
    """What a learner said of each lesson, and when it was done, by the lesson's `cell`.

    `understanding` and `pace` hold a character a cell: "1" to "5"; "s", "r" or "f"; "." for not
    said. `minutes` and `done_at` hold little-endian whole numbers: in 2 bytes the minutes and one
    more, in 4 bytes the minutes since 1970 in UTC; 0 for not said, not done.
    """

    understanding: str = ""
    pace: str = ""
    minutes: bytes = b""
    done_at: bytes = b""


@dataclass(frozen=True)
class Row:
    """One learner's row of derived figures; `marks` is indexed by a lesson's `cell`.

    `stuck_since` holds each cell that is stuck, with the moment it became so; `logged_cell` is
    that of the log which was saved last, -1 for none.
    """

    enrolment_id: EnrolmentId
    name: str
    status: Status
    joined_on: date
    marks: str
    logged_at: datetime | None
    logged_cell: int = -1
    coach_id: EnrolmentId | None = None
    stuck_since: Mapping[int, datetime] = field(default_factory=dict)
    said: Said = Said()
    seq: int = field(default=0, compare=False)

    def mark(self, cell: int) -> str:
        """Return the mark at a cell; what was never written is not started."""
        return self.marks[cell] if cell < len(self.marks) else "."
