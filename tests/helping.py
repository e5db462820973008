"""What the cast does when somebody is stuck, in few words."""

from __future__ import annotations

from datetime import datetime
from secrets import token_hex

import pytest

from tests.cast import Cast, make_cast
from tracker.documents import people, problems
from tracker.documents.schema import Db
from tracker.models import Enrolment, HelpRequestId, Person, Problem, Role, TicketId, Verdict
from tracker.use_cases import checking
from tracker.use_cases.answering_help import answer_problem
from tracker.use_cases.asking_for_help import Asked, ask_for_help, judge_answer
from tracker.use_cases.checking import check
from tracker.use_cases.joining import enrol
from tracker.use_cases.queueing import stand

ERROR = "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)"
SAME = "2031/03/01 10:00:00 [emerg] 7#7: bind() to [::]:8080 failed (98: Address already in use)"
OTHER = "ModuleNotFoundError: No module named 'flask'"


@pytest.fixture
def cast(db: Db) -> Cast:
    """The cast on the Thursday of their stories."""
    return make_cast(db)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `check` look again at once, in the modules that import this."""
    monkeypatch.setattr(checking, "PAUSE", 0.0)


def asks(
    db: Db,
    cast: Cast,
    error: str = ERROR,
    *,
    by: tuple[Person, Enrolment] | None = None,
    lesson: str | None = "sql",
    tried: str = "Started it twice.",
    at: datetime | None = None,
    mark_stuck: bool = False,
) -> tuple[HelpRequestId, Problem]:
    """Let Ada, or whoever it is, ask for help; return the request's id and its problem."""
    person, place = by or (cast.ada, cast.ada_place)
    asked = Asked(
        id=HelpRequestId(token_hex(12)),
        lesson=cast.lessons[lesson] if lesson else None,
        tried=tried,
        error=error,
        mark_stuck=mark_stuck,
    )
    return asked.id, ask_for_help(db, place, person, asked, at=at or cast.at)


def learner(db: Db, cast: Cast, name: str) -> tuple[Person, Enrolment]:
    """Enrol another learner in Ada's cohort."""
    email = f"{name.lower()}@example.com"
    hashed = cast.ada.password_hash
    person = people.add(db, email=email, name=name, password_hash=hashed, at=cast.at)
    return person, enrol(db, cast.ai7, person.id, Role.LEARNER, by=cast.dana.id, at=cast.at)


def stands_in_queue(
    db: Db, cast: Cast, by: tuple[Person, Enrolment] | None = None, at: datetime | None = None
) -> TicketId:
    """Let Ada, or whoever it is, stand in the queue for live help."""
    person, place = by or (cast.ada, cast.ada_place)
    ticket_id = TicketId(token_hex(12))
    stand(db, place, person, ticket_id, "nginx does not start", at=at or cast.at)
    return ticket_id


def complaints(db: Db) -> list[str]:
    """Return what `check` finds."""
    return [str(problem) for problem in check(db)]


def answers(db: Db, cast: Cast, problem: Problem, text: str = "Stop the other one.") -> Problem:
    """Let Ben answer over the version that he read; return the problem then."""
    number = problem.answer.number if problem.answer else 0
    answer_problem(
        db,
        cast.reader("ben"),
        problem.id,
        title="nginx: the port is taken",
        text=text,
        number=number,
        at=cast.at,
    )
    return problems.get(db, problem.id)


def says(db: Db, cast: Cast, request_id: str, verdict: Verdict, number: int = 1) -> None:
    """Let Ada say of her request whether the answer helped."""
    judge_answer(db, cast.ada_place, request_id, verdict, number=number, at=cast.at)  # type: ignore[arg-type]
