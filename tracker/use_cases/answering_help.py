"""Staff answer a problem once for all who have it: take, answer, merge, split."""

from datetime import datetime

from tracker.documents import activity, help_requests, problems
from tracker.documents.schema import Db
from tracker.errors import Conflict, NotFound
from tracker.markdown import render
from tracker.models import Answer, HelpRequestId, Owner, Problem, ProblemId, Reader, Role
from tracker.use_cases.settling_help import last_of, settle_problem


def problem_for(db: Db, reader: Reader, problem_id: ProblemId) -> Problem:
    """Return a problem of the reader's cohort, or the one that it is part of by now.

    Raises NotFound for a problem of another cohort.
    """
    problem = problems.get(db, problem_id)
    if problem.cohort_id != reader.cohort.id:
        raise NotFound("problem", problem_id)
    return last_of(db, problem)


def take_problem(db: Db, reader: Reader, problem_id: ProblemId, *, at: datetime) -> None:
    """Become the owner. Raises Conflict if someone else was quicker."""
    problem = problem_for(db, reader, problem_id)
    if not problems.take(db, problem, owner_of(reader)):
        raise Conflict
    _settle_and_tell(db, reader, "took_problem", problem, at=at)


def release_problem(db: Db, reader: Reader, problem_id: ProblemId, *, at: datetime) -> None:
    """Give the problem back, one's own or, as a manager, anyone's. Raises Conflict."""
    problem = problem_for(db, reader, problem_id)
    owner = problem.owner if reader.role is Role.MANAGER else owner_of(reader)
    if owner is None or not problems.release(db, problem, owner):
        raise Conflict
    _settle_and_tell(db, reader, "released_problem", problem, at=at)


def answer_problem(
    db: Db,
    reader: Reader,
    problem_id: ProblemId,
    *,
    title: str,
    text: str,
    number: int,
    at: datetime,
) -> None:
    """Set the one answer over version `number` (0: none yet); it reaches all who have the problem.

    Who answers owns the problem, if nobody does. Raises Conflict if another version came between.
    """
    problem = problem_for(db, reader, problem_id)
    if (problem.answer.number if problem.answer else 0) != number:
        raise Conflict
    answer = Answer(text=text, html=render(text), number=number + 1, at=at, by=reader.person.name)
    if not problems.set_answer(db, problem, answer, title=title):
        raise Conflict
    problems.take(db, problem, owner_of(reader))
    _settle_and_tell(db, reader, "answered", problem, at=at)


def merge_problems(
    db: Db, reader: Reader, one: ProblemId, other: ProblemId, *, at: datetime
) -> ProblemId:
    """Make two problems one and return the one that stays, the older: so none goes in a circle.

    Raises Conflict if the newer became part of another at the same moment.
    """
    newer, older = sorted(
        (problem_for(db, reader, one), problem_for(db, reader, other)),
        key=lambda problem: problem.id,
        reverse=True,
    )
    if newer.id != older.id:
        if not problems.merge(db, newer, older):
            raise Conflict
        _settle_and_tell(db, reader, "merged_problem", newer, at=at)
    return older.id


def split_problem(
    db: Db,
    reader: Reader,
    problem_id: ProblemId,
    *,
    requests: list[HelpRequestId],
    title: str,
    at: datetime,
) -> ProblemId:
    """Let these requests be a problem of their own, and return it; equal errors join the old one.

    Raises Conflict if the problem has none of them by now.
    """
    problem = problem_for(db, reader, problem_id)
    known = {request.id for request in help_requests.list_short_of_problem(db, problem.id)}
    moving = [request_id for request_id in requests if request_id in known]
    if not moving:
        raise Conflict
    new = problems.add_split(db, problem, title=title, moving=moving)
    settle_problem(db, new)
    _settle_and_tell(db, reader, "split_problem", problem, at=at)
    return new


def owner_of(reader: Reader) -> Owner:
    """Return the reader as an owner."""
    return Owner(id=reader.person.id, name=reader.person.name)


def _settle_and_tell(db: Db, reader: Reader, verb: str, problem: Problem, *, at: datetime) -> None:
    settle_problem(db, problem.id)
    activity.add(
        db,
        verb,
        f"problem:{problem.id}",
        cohort_id=reader.cohort.id,
        by=reader.person.id,
        at=at,
    )
