"""Who is stuck on what: requests, the problems that they join, and the queue for live help."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NewType

from tracker.models.words import CohortId, EnrolmentId, LessonId, Word

ProblemId = NewType("ProblemId", str)
HelpRequestId = NewType("HelpRequestId", str)
TicketId = NewType("TicketId", str)


class ProblemState(Word):
    """How far a problem is; `taken` and `answered` tell of a coach, `solved` of who had it."""

    OPEN = "open"
    TAKEN = "taken"
    ANSWERED = "answered"
    SOLVED = "solved"


class Verdict(Word):
    """What a learner says of the answer."""

    SOLVED = "solved"
    STILL = "still"


class TicketState(Word):
    WAITING = "waiting"
    AWAY = "away"
    TAKEN = "taken"
    DONE = "done"
    LEFT = "left"


@dataclass(frozen=True)
class HelpRequest:
    """One learner is stuck; `lesson_id` None means the set-up, `problem_id` None: not joined yet.

    `verdict` is on the answer of number `verdict_on`. `counts` is false while the learner is
    paused or gone. `revision` grows with each change.
    """

    id: HelpRequestId
    cohort_id: CohortId
    enrolment_id: EnrolmentId
    name: str
    lesson_id: LessonId | None
    lesson_key: str
    tried: str
    error: str
    fingerprint: str
    shape: str
    title: str
    created_at: datetime
    problem_id: ProblemId | None = None
    verdict: Verdict | None = None
    verdict_on: int = 0
    counts: bool = True
    revision: int = 1


@dataclass(frozen=True)
class Figures:
    """What a problem's requests add up to, in learners who count.

    `waiting` learners have no answer, or said that it did not help; they wait since
    `waiting_since`. `still` is how many said so of the answer as it stands.
    """

    state: ProblemState = ProblemState.OPEN
    learners: int = 0
    waiting: int = 0
    solved: int = 0
    still: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    waiting_since: datetime | None = None
    lesson_keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Owner:
    """The coach or manager who has taken a problem or a ticket."""

    id: str
    name: str


@dataclass(frozen=True)
class Answer:
    """The one answer to a problem; `number` counts its versions from 1."""

    text: str
    html: str
    number: int
    at: datetime
    by: str


@dataclass(frozen=True)
class Problem:
    """Equal errors of a cohort. `figures` are derived from its requests; `seq` guards them.

    `counts` is how often they were set.

    `shape` is that of the error ("" without one), `title` what staff made of the first request's.

    `moving` are requests that a split still has to fetch from the problem `split_from`.
    """

    id: ProblemId
    cohort_id: CohortId
    cohort_starts_on: date
    fingerprint: str
    shape: str
    title: str
    figures: Figures
    seq: int
    counts: int = 0
    owner: Owner | None = None
    answer: Answer | None = None
    merged_into: ProblemId | None = None
    split_from: ProblemId | None = None
    moving: tuple[HelpRequestId, ...] = ()
    owed: bool = False

    @property
    def state(self) -> ProblemState:
        return self.figures.state


@dataclass(frozen=True)
class Ticket:
    """A place in the queue for live help; the place is that of `created_at`."""

    id: TicketId
    cohort_id: CohortId
    enrolment_id: EnrolmentId
    name: str
    topic: str
    state: TicketState
    created_at: datetime
    taken_at: datetime | None = None
    helper: Owner | None = None
