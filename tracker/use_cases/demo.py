"""A made-up cohort of any size, to look around in and to measure with.

It is a draft until everything stands in its place, and every id follows from its subject. So a
load that was killed is finished by loading again, and one that is finished is left alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from random import Random

from tracker.clock import day_of, to_milliseconds
from tracker.demo import words
from tracker.demo.curriculum import SLUG, demo_curriculum
from tracker.demo.learners import Learner, demo_id, entries_of, learners
from tracker.documents import (
    activity,
    cohorts,
    comments,
    enrolments,
    journals,
    lesson_logs,
    lessons,
    marks,
    people,
)
from tracker.documents.schema import Db, patiently
from tracker.markdown import render
from tracker.models import (
    BUCKET_SIZE,
    Cohort,
    CohortState,
    Comment,
    CommentId,
    Enrolment,
    EnrolmentId,
    Lesson,
    LessonLog,
    LogId,
    Person,
    PersonId,
    Reader,
    Role,
    Status,
    Visibility,
)
from tracker.use_cases.accounts import hash_password
from tracker.use_cases.commenting import Draft, comment_by
from tracker.use_cases.demo_help import add_help
from tracker.use_cases.importing_curricula import import_curriculum
from tracker.use_cases.settling import cells_of, rows_from_logs
from tracker.use_cases.settling_logs import activity_key

TIME_ZONE = "Asia/Seoul"
PASSWORD = "didim-demo"  # noqa: S105  published on purpose
LEARNER, COACH, MANAGER = (f"{role}@demo.example" for role in ("learner", "coach", "manager"))
ACCOUNTS = (LEARNER, COACH, MANAGER)
OTHER_COACH = "coach-2@demo.example"
COMMENTS_A_LESSON = 2


@dataclass(frozen=True)
class Size:
    """How big the cohort is; the same seed on the same day gives the same cohort."""

    learners: int = 48
    lessons: int = 22
    seed: int = 7


@dataclass(frozen=True)
class Loaded:
    """The demo's cohort, and whether this call made it."""

    slug: str
    is_new: bool


@dataclass(frozen=True)
class _Plan:
    """What is to be loaded: the cohort with its lessons, and those who are in it."""

    cohort: Cohort
    lessons: list[Lesson]
    group: list[Learner]
    seed: int
    at: datetime

    @property
    def today(self) -> date:
        return day_of(self.at, TIME_ZONE)


def load_demo(db: Db, size: Size, *, at: datetime) -> Loaded:
    """Load the demo cohort around the day of `at`, unless it is there already."""
    there = cohorts.find_by_slug(db, SLUG)
    if there is not None and there.state is not CohortState.DRAFT:
        return Loaded(SLUG, is_new=False)
    plan = _planned(db, size, to_milliseconds(at))
    signed_in = _add_people(db, plan)
    for _, batch in groupby(plan.group, key=lambda learner: learner.number // BUCKET_SIZE):
        with patiently():
            _add_logs(db, plan, list(batch))
    _add_comments(db, plan, signed_in)
    _set_rows(db, plan.cohort)
    asking = [_reader(plan, one) for one in plan.group[:30] if one.status is Status.ACTIVE]
    add_help(db, plan.lessons, [signed_in[LEARNER], *asking[1:]], signed_in[COACH], at=plan.at)
    cohorts.set_state(db, plan.cohort.id, CohortState.ACTIVE)
    return Loaded(SLUG, is_new=True)


def _planned(db: Db, size: Size, at: datetime) -> _Plan:
    today = day_of(at, TIME_ZONE)
    import_curriculum(db, demo_curriculum(size.lessons, today), by=None, at=at)
    cohort = cohorts.get_by_slug(db, SLUG)
    taught = [one for one in lessons.list_for_cohort(db, cohort.id) if not one.archived]
    group = learners(size.learners, cohort.starts_on, today, size.seed)
    return _Plan(cohort, taught, group, size.seed, at)


def _add_people(db: Db, plan: _Plan) -> dict[str, Reader]:
    """Add every account and place; return those that people sign in to, by address."""
    joined_at = plan.at - timedelta(days=(plan.today - plan.cohort.starts_on).days)
    new = [_person(one.email, one.name) for one in plan.group]
    new += [_person(COACH, "박소담"), _person(MANAGER, "한마루"), _person(OTHER_COACH, "윤새벽")]
    people.add_many(db, new, at=joined_at)
    by_email = {email: people.get_by_email(db, email) for email in ACCOUNTS}
    ids = [by_email[one.email].id if one.email in by_email else one.id for one in new]
    cohorts.take_numbers(db, plan.cohort.id, "next_ordinal", len(new))
    places = [_place(plan, person_id, ordinal) for ordinal, person_id in enumerate(ids)]
    enrolments.add_many(db, places, by=by_email[MANAGER].id, at=joined_at)
    of_person = {place.person_id: place for place in places}
    return {
        email: Reader(person, plan.cohort, of_person[person.id].role, of_person[person.id])
        for email, person in by_email.items()
    }


def _person(email: str, name: str) -> Person:
    """Return an account; only those that are published have a password."""
    return Person(
        id=PersonId(demo_id("person", email)),
        email=email,
        name=name,
        password_hash=hash_password(PASSWORD) if email in ACCOUNTS else "",
        language="ko",
        theme="auto",
        session_version=1,
    )


def _place(plan: _Plan, person_id: PersonId, ordinal: int) -> Enrolment:
    """Return the place with this ordinal: learners come first, then coach, manager, coach.

    The two coaches share the learners, one each in turn; the demo's learner has the demo's coach.
    """
    first = len(plan.group)
    learner = plan.group[ordinal] if ordinal < first else None
    staff = (Role.COACH, Role.MANAGER, Role.COACH)
    return Enrolment(
        id=_place_id(ordinal),
        cohort_id=plan.cohort.id,
        person_id=person_id,
        role=Role.LEARNER if learner else staff[ordinal - first],
        status=learner.status if learner else Status.ACTIVE,
        joined_on=learner.joined_on if learner else plan.cohort.starts_on,
        ordinal=ordinal,
        coach_id=_place_id(first + ordinal % 2 * 2) if learner else None,
    )


def _place_id(ordinal: int) -> EnrolmentId:
    return EnrolmentId(demo_id("enrolment", ordinal))


def _add_logs(db: Db, plan: _Plan, batch: list[Learner]) -> None:
    """Tell the activity, then add the logs: a log is never there without its activity."""
    logs = [log for learner in batch for log in _logs_of(plan, learner)]
    activity.add_saves(db, logs, [activity_key(log.id, log.revision) for log in logs])
    lesson_logs.add(db, logs)
    journals.put(db, logs)


def _logs_of(plan: _Plan, learner: Learner) -> Iterator[LessonLog]:
    entries = entries_of(learner, plan.lessons, at=plan.at, time_zone=TIME_ZONE, seed=plan.seed)
    for lesson, entry, saved_at in entries:
        yield LessonLog(
            id=LogId(demo_id("log", learner.number, lesson.key)),
            enrolment_id=_place_id(learner.number),
            cohort_id=plan.cohort.id,
            lesson_id=lesson.id,
            entry=entry,
            note_html=_rendered(entry.note) if entry.note else "",
            revision=1,
            updated_at=to_milliseconds(saved_at),
            updated_by=PersonId(demo_id("person", learner.email)),
            state_since=to_milliseconds(saved_at),
        )


@lru_cache(maxsize=16)
def _rendered(note: str) -> str:
    return render(note)


def _add_comments(db: Db, plan: _Plan, signed_in: dict[str, Reader]) -> None:
    random = Random(f"comments:{plan.seed}")  # noqa: S311  made-up texts, not secrets
    begun = [lesson for lesson in plan.lessons if lesson.starts_on <= plan.today]
    for lesson in begun:
        texts = random.sample(words.COMMENTS, COMMENTS_A_LESSON)
        writers = random.sample(plan.group[1:], COMMENTS_A_LESSON)
        for place, (text, learner) in enumerate(zip(texts, writers, strict=True)):
            reader = _reader(plan, learner)
            at = _commented_at(plan, lesson) + timedelta(minutes=7 * place)
            _add_comment(db, reader, lesson, text, f"{lesson.key}:{place}", at=at)
    ended = [lesson for lesson in begun if lesson.ends_on < plan.today]
    if ended:
        _add_answered_question(db, plan, signed_in, ended[-1])


def _add_answered_question(
    db: Db, plan: _Plan, signed_in: dict[str, Reader], lesson: Lesson
) -> None:
    """Let the demo learner ask about a lesson, and the coach answer an hour later."""
    asked_at = plan.at - timedelta(hours=3)
    key = f"{lesson.key}:question"
    question = _add_comment(db, signed_in[LEARNER], lesson, words.QUESTION, key, at=asked_at)
    _add_comment(
        db,
        signed_in[COACH],
        lesson,
        words.ANSWER,
        f"{lesson.key}:answer",
        at=asked_at + timedelta(hours=1),
        answers=question,
    )


def _add_comment(
    db: Db,
    reader: Reader,
    lesson: Lesson,
    text: str,
    key: str,
    *,
    at: datetime,
    answers: Comment | None = None,
) -> Comment:
    draft = Draft(
        text=text,
        visibility=Visibility.COHORT,
        subject=f"lesson:{lesson.id}",
        place=f"STEP {lesson.step_number} · {lesson.title}",
    )
    comment = comment_by(reader, draft, CommentId(demo_id("comment", key)), at=to_milliseconds(at))
    if answers:
        comment = replace(comment, parent_id=answers.id, asker_id=answers.author_id)
    comments.add(db, comment, answers_to=answers.author_id if answers else None)
    activity.add(
        db,
        "commented",
        f"comment:{comment.id}",
        cohort_id=reader.cohort.id,
        by=reader.person.id,
        at=comment.created_at,
        key=f"comment:{comment.id}",
    )
    return comment


def _reader(plan: _Plan, learner: Learner) -> Reader:
    person = _person(learner.email, learner.name)
    return Reader(person, plan.cohort, Role.LEARNER, _place(plan, person.id, learner.number))


def _commented_at(plan: _Plan, lesson: Lesson) -> datetime:
    """Return the time of the load, but on the lesson's first day and an hour earlier."""
    return plan.at - timedelta(days=(plan.today - lesson.starts_on).days, hours=1)


def _set_rows(db: Db, cohort: Cohort) -> None:
    """Set every learner's row of figures from the records."""
    cells = cells_of(db, cohort.id)
    places = enrolments.list_for_cohort(db, cohort.id)
    members = [place for place in places if place.role is Role.LEARNER]
    for number, batch in groupby(members, key=lambda place: place.bucket):
        bucket = list(batch)
        logs = lesson_logs.list_short_for_learners(db, [place.id for place in bucket])
        rows = list(rows_from_logs(db, bucket, logs, cells))
        marks.put_bucket(db, cohort.id, number, rows)
        cohorts.touch(db, cohort.id, number, people=True)
