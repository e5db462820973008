"""A learner is stuck: they ask, and later say whether the answer helped."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.documents import activity, help_requests, lesson_logs, problems
from tracker.documents.schema import Db
from tracker.errors import Conflict, NotFound
from tracker.markdown import plain_line
from tracker.models import (
    Enrolment,
    HelpRequest,
    HelpRequestId,
    Lesson,
    LogState,
    Person,
    Problem,
    Verdict,
)
from tracker.rules.fingerprints import fingerprint_of
from tracker.use_cases.logging_a_lesson import log_line
from tracker.use_cases.settling_help import settle_problem, settle_request

TITLE_MOST = 80


@dataclass(frozen=True)
class Asked:
    """What a learner asks; `lesson` None means the set-up. The same under one id is asked once."""

    id: HelpRequestId
    lesson: Lesson | None
    tried: str
    error: str
    mark_stuck: bool


def ask_for_help(
    db: Db, enrolment: Enrolment, person: Person, asked: Asked, *, at: datetime
) -> Problem:
    """Keep the request, let it join its problem, and mark the lesson as stuck if that is wanted."""
    request = _request_of(enrolment, person, asked, at=at)
    kept = help_requests.add(db, request)
    if _said_in(kept) != _said_in(request):
        other = replace(asked, id=_other_id(request))
        kept = help_requests.add(db, _request_of(enrolment, person, other, at=at))
    problem = settle_request(db, kept)
    if asked.lesson and asked.mark_stuck:
        _mark_stuck(db, enrolment, asked.lesson, at=at)
    _tell(db, enrolment, "asked_for_help", kept, at=at)
    return problem


def judge_answer(
    db: Db,
    enrolment: Enrolment,
    request_id: HelpRequestId,
    verdict: Verdict,
    *,
    number: int,
    at: datetime,
) -> None:
    """Keep what the learner says of version `number` of the answer.

    Raises NotFound for another's request, Conflict if the answer is another one by now,
    or the problem part of another.
    """
    request = help_requests.get_own(db, request_id, enrolment.id)
    if request.problem_id is None:
        raise NotFound("problem", request_id)
    problem = problems.get(db, request.problem_id)
    if problem.merged_into is not None:
        settle_problem(db, problem.id)
        raise Conflict
    if (problem.answer.number if problem.answer else 0) != number:
        raise Conflict
    if not help_requests.judge(db, request, verdict, on=number):
        raise Conflict
    settle_request(db, help_requests.get(db, request.id))
    _tell(db, enrolment, f"said_{verdict}", request, at=at)


def _request_of(enrolment: Enrolment, person: Person, asked: Asked, *, at: datetime) -> HelpRequest:
    fingerprint = fingerprint_of(asked.error)
    return HelpRequest(
        id=asked.id,
        cohort_id=enrolment.cohort_id,
        enrolment_id=enrolment.id,
        name=person.name,
        lesson_id=asked.lesson.id if asked.lesson else None,
        lesson_key=asked.lesson.key if asked.lesson else "",
        tried=asked.tried,
        error=asked.error,
        fingerprint=fingerprint.key if fingerprint else f"own:{asked.id}",
        shape=fingerprint.shape if fingerprint else "",
        title=fingerprint.shape if fingerprint else _title_of(asked),
        created_at=at,
    )


def _said_in(request: HelpRequest) -> tuple[str, str, str]:
    return request.lesson_id or "", request.tried, request.error


def _other_id(request: HelpRequest) -> HelpRequestId:
    """Return the id of what is sent under an id that another request has; twice sent, the same."""
    said = "\0".join((request.id, *_said_in(request)))
    return HelpRequestId(hashlib.sha256(said.encode()).hexdigest()[:24])


def _title_of(asked: Asked) -> str:
    said = asked.tried or asked.error
    return plain_line(said, TITLE_MOST) or said[:TITLE_MOST]


def _mark_stuck(db: Db, enrolment: Enrolment, lesson: Lesson, *, at: datetime) -> None:
    """Set the lesson's log to stuck; whoever saves it at the same moment goes first."""
    log = lesson_logs.find_for(db, enrolment.id, lesson.id)
    if log is not None and log.state is LogState.STUCK:
        return
    with suppress(Conflict):
        log_line(
            db,
            enrolment,
            lesson,
            state=LogState.STUCK,
            line=log.entry.line if log else "",
            revision=log.revision if log else 0,
            at=at,
        )


def _tell(db: Db, enrolment: Enrolment, verb: str, request: HelpRequest, *, at: datetime) -> None:
    subject = f"help:{request.id}"
    activity.add(
        db,
        verb,
        subject,
        cohort_id=enrolment.cohort_id,
        by=enrolment.person_id,
        at=at,
        key=f"{subject}:{verb}:{request.revision}",
    )
