"""What the templates of help are given."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import format_timedelta

from blueprints.help.forms import AnswerForm, AskForm, MergeForm, SplitForm, TicketForm
from tracker.models import Curriculum, HelpRequest, Problem, Reader, Role, Ticket
from tracker.reports.help import OwnRequest, PublicProblem
from tracker.reports.help_queue import Place, Waits


def span(seconds: float) -> str:
    """Return a stretch of time in words, such as "2 hours"."""
    return str(format_timedelta(max(60, int(seconds)), granularity="minute", threshold=1.2))


@dataclass(frozen=True)
class OwnHelpPage:
    """A learner's help page: what they asked, their place, what was solved for others."""

    reader: Reader
    own: tuple[OwnRequest, ...]
    place: Place | None
    published: list[PublicProblem]
    may_ask: bool


@dataclass(frozen=True)
class AskPage:
    reader: Reader
    form: AskForm
    offers_stuck: bool


@dataclass(frozen=True)
class SimilarPage:
    found: list[PublicProblem]


@dataclass(frozen=True)
class ProblemsPage:
    """The staff's list; `answered` shows those that have an answer."""

    reader: Reader
    problems: list[Problem]
    answered: bool
    in_queue: int
    now: datetime

    def wait_of(self, problem: Problem) -> str:
        """Return in words how long the first of those who wait has waited; "" for none."""
        since = problem.figures.waiting_since
        return span((self.now - since).total_seconds()) if since else ""


@dataclass(frozen=True)
class ProblemPage:
    """One problem with its requests; the forms are None where nothing may be changed."""

    reader: Reader
    problem: Problem
    requests: list[HelpRequest]
    curriculum: Curriculum
    answer: AnswerForm | None
    merge: MergeForm | None
    split: SplitForm | None

    @property
    def may_release(self) -> bool:
        owner = self.problem.owner
        own = owner is not None and owner.id == self.reader.person.id
        return own or self.reader.role is Role.MANAGER

    @property
    def error(self) -> str:
        """Return the last error text that was sent."""
        return next((request.error for request in self.requests if request.error), "")

    def lesson_of(self, request: HelpRequest) -> str:
        """Return the title of the lesson that the request is about; "" for the set-up."""
        lessons = self.curriculum.lessons
        return next((each.title for each in lessons if each.id == request.lesson_id), "")


@dataclass(frozen=True)
class QueuePage:
    """The queue: `tickets` and `waits` for staff; for a learner `place`, or `form` to stand in."""

    reader: Reader
    now: datetime
    may_change: bool
    tickets: list[Ticket]
    waits: Waits | None = None
    place: Place | None = None
    form: TicketForm | None = None
    is_part: bool = False

    @property
    def is_live(self) -> bool:
        """Tell whether the page shall ask again by itself: staff's, and that of who waits."""
        return self.reader.is_staff or self.place is not None

    def wait_of(self, ticket: Ticket) -> str:
        return span(((ticket.taken_at or self.now) - ticket.created_at).total_seconds())

    def words(self, seconds: float) -> str:
        return span(seconds)
