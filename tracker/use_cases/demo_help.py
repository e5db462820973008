"""Lets the learners of the demo ask for help, and its coach answer; safe to do again."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import cycle

from tracker.demo.help import PROBLEMS, TOPICS, Stuck
from tracker.demo.learners import demo_id
from tracker.documents.schema import Db
from tracker.errors import Conflict
from tracker.models import Enrolment, HelpRequestId, Lesson, Problem, Reader, TicketId, Verdict
from tracker.use_cases.answering_help import answer_problem, take_problem
from tracker.use_cases.asking_for_help import Asked, ask_for_help, judge_answer
from tracker.use_cases.queueing import stand
from tracker.use_cases.settling_help import settle_help

APART = timedelta(minutes=13)


def add_help(
    db: Db, lessons: list[Lesson], learners: list[Reader], coach: Reader, *, at: datetime
) -> None:
    """Add problems with their requests, and a short queue; nothing for fewer than 8 learners."""
    if len(learners) < 8:
        return
    taught = {lesson.key: lesson for lesson in lessons}
    asking = cycle(learners)
    for number, stuck in enumerate(PROBLEMS):
        begun = at - timedelta(hours=5 - number)
        problem, asked = _ask(db, stuck, taught.get(stuck.lesson), asking, number, at=begun)
        with suppress(Conflict):
            _work_on(db, coach, problem, stuck, asked, at=at - timedelta(hours=1))
    for place, topic in enumerate(TOPICS):
        _stand(db, next(asking), topic, place, at=at - (len(TOPICS) - place) * APART)
    settle_help(db, coach.cohort.id)


def _ask(
    db: Db,
    stuck: Stuck,
    lesson: Lesson | None,
    asking: Iterator[Reader],
    number: int,
    *,
    at: datetime,
) -> tuple[Problem, list[tuple[Enrolment, HelpRequestId]]]:
    made = []
    for place, error in enumerate(stuck.errors):
        reader = next(asking)
        enrolment = _place_of(reader)
        key = HelpRequestId(demo_id("help", number, place))
        asked = Asked(id=key, lesson=lesson, tried=stuck.tried, error=error, mark_stuck=False)
        problem = ask_for_help(db, enrolment, reader.person, asked, at=at + place * APART)
        made.append((enrolment, key))
    return problem, made


def _work_on(
    db: Db,
    coach: Reader,
    problem: Problem,
    stuck: Stuck,
    asked: list[tuple[Enrolment, HelpRequestId]],
    *,
    at: datetime,
) -> None:
    if stuck.taken:
        take_problem(db, coach, problem.id, at=at)
    if not stuck.answer:
        return
    if problem.answer is None:
        answer_problem(db, coach, problem.id, title=stuck.title, text=stuck.answer, number=0, at=at)
    for enrolment, key in asked[1 : stuck.solved + 1]:
        judge_answer(db, enrolment, key, Verdict.SOLVED, number=1, at=at)


def _stand(db: Db, reader: Reader, topic: str, place: int, *, at: datetime) -> None:
    key = TicketId(demo_id("ticket", place))
    stand(db, _place_of(reader), reader.person, key, topic, at=at)


def _place_of(reader: Reader) -> Enrolment:
    assert reader.enrolment is not None, "a learner has a place"
    return reader.enrolment
