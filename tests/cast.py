"""The cast of every test's story, in two cohorts.

Ada learns in `ai-7`, Ben is her coach, Dana manages the cohort. Cleo learns in `web-3`. Both
cohorts run the same curriculum: two steps, six lessons, two projects. The password of all is
PASSWORD. Dates stand around `at`: STEP 1 is over, STEP 2 began three days ago, and "SQL" is on.

    STEP 1  python · data-analysis · machine-learning · project 1
    STEP 2  sql · django · 가상화와-클라우드 · project 2
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

from tracker.clock import day_of
from tracker.documents import cohorts, lesson_logs, lessons, people, projects, retrospectives, steps
from tracker.documents.schema import Db
from tracker.models import (
    Cohort,
    CohortState,
    Curriculum,
    Enrolment,
    Journal,
    Lesson,
    LogEntry,
    LogState,
    Person,
    ProjectKind,
    Reader,
    Role,
    Row,
)
from tracker.use_cases.accounts import hash_password
from tracker.use_cases.joining import enrol
from tracker.use_cases.logging_a_lesson import log_lesson
from tracker.use_cases.settling import cells_of, rows_from_logs

PASSWORD = "correct horse"
NOON = datetime(2031, 3, 13, 3, 0, tzinfo=timezone.utc)
"""Thursday noon in Seoul: the day on which the stories happen unless a test says otherwise."""


@dataclass(frozen=True)
class Cast:
    """Everyone, with their places. `lessons` holds those of ai-7 by slug."""

    at: datetime
    ada: Person
    ben: Person
    cleo: Person
    dana: Person
    ai7: Cohort
    web3: Cohort
    ada_place: Enrolment
    ben_place: Enrolment
    cleo_place: Enrolment
    dana_place: Enrolment
    curriculum: Curriculum
    web3_curriculum: Curriculum
    lessons: dict[str, Lesson] = field(default_factory=dict)

    def reader(self, name: str) -> Reader:
        """Return "ada", "ben", "cleo" or "dana" as a member of their cohort."""
        place: Enrolment = getattr(self, f"{name}_place")
        cohort = self.ai7 if place.cohort_id == self.ai7.id else self.web3
        return Reader(getattr(self, name), cohort, place.role, place)

    def ada_logs(
        self,
        db: Db,
        slug: str,
        state: LogState = LogState.DONE,
        *,
        revision: int = 0,
        **said: object,
    ) -> None:
        """Let Ada save her log of a lesson; `said` are fields of LogEntry."""
        entry = LogEntry(state, **said)  # type: ignore[arg-type]
        log_lesson(
            db,
            self.ada_place,
            self.lessons[slug],
            entry,
            revision=revision,
            by=self.ada.id,
            at=self.at,
        )


def make_cast(db: Db, *, at: datetime = NOON) -> Cast:
    """Put the cast and both cohorts into a prepared database; some 50 ms, the first time 150."""
    today = day_of(at, "Asia/Seoul")
    ai7, curriculum = _add_cohort(db, "ai-7", "AI 7기", today)
    web3, web3_curriculum = _add_cohort(db, "web-3", "웹 3기", today)
    ada, ben, cleo, dana = (_add_person(db, name, at) for name in ("Ada", "Ben", "Cleo", "Dana"))
    start = at - timedelta(days=24)

    def place(cohort: Cohort, person: Person, role: Role) -> Enrolment:
        return enrol(db, cohort, person.id, role, by=dana.id, at=start)

    return Cast(
        at=at,
        ada=ada,
        ben=ben,
        cleo=cleo,
        dana=dana,
        ai7=ai7,
        web3=web3,
        ada_place=place(ai7, ada, Role.LEARNER),
        ben_place=place(ai7, ben, Role.COACH),
        cleo_place=place(web3, cleo, Role.LEARNER),
        dana_place=place(ai7, dana, Role.MANAGER),
        curriculum=curriculum,
        web3_curriculum=web3_curriculum,
        lessons={lesson.slug: lesson for lesson in curriculum.lessons},
    )


def true_row(db: Db, place: Enrolment) -> Row:
    """Return what the row of figures of this place must say."""
    logs = lesson_logs.list_for_learner(db, place.id)
    (row,) = rows_from_logs(db, [place], logs, cells_of(db, place.cohort_id))
    return row


def true_journal(db: Db, place: Enrolment) -> Journal:
    """Return what the journal of this place must say."""
    logs = lesson_logs.list_for_learner(db, place.id)
    looks = retrospectives.list_for_learner(db, place.id)
    return Journal(
        {log.lesson_id: log.summary for log in logs}, frozenset(look.step_id for look in looks)
    )


@lru_cache(maxsize=1)
def _hash() -> str:
    return hash_password(PASSWORD)


def _add_person(db: Db, name: str, at: datetime) -> Person:
    email = f"{name.lower()}@example.com"
    return people.add(db, email=email, name=name, password_hash=_hash(), at=at)


def _add_cohort(db: Db, slug: str, name: str, today: date) -> tuple[Cohort, Curriculum]:
    first = today - timedelta(days=17)
    cohort = cohorts.put(
        db,
        slug=slug,
        name=name,
        track="AI",
        time_zone="Asia/Seoul",
        starts_on=first,
        ends_on=first + timedelta(days=60),
        holidays=[],
        state=CohortState.ACTIVE,
    )
    _add_steps(db, cohort, first)
    _add_lessons(db, cohort, first)
    _add_projects(db, cohort, first)
    cohorts.finish_curriculum(db, cohort.id)
    curriculum = Curriculum(
        steps=tuple(steps.list_for_cohort(db, cohort.id)),
        lessons=tuple(lessons.list_for_cohort(db, cohort.id)),
        projects=tuple(projects.list_for_cohort(db, cohort.id)),
    )
    return cohorts.get(db, cohort.id), curriculum


def _add_steps(db: Db, cohort: Cohort, first: date) -> None:
    for number, start in ((1, 0), (2, 14)):
        steps.put(
            db,
            cohort.id,
            key=f"step-{number}",
            number=number,
            title=f"STEP {number}",
            starts_on=first + timedelta(days=start),
            ends_on=first + timedelta(days=start + 11),
        )


LESSONS = (
    # step, key, slug, title, first day and last day counted from the start of the cohort
    (1, "python", "python", "Python", 0, 2),
    (1, "data-analysis", "data-analysis", "Data analysis", 3, 4),
    (1, "machine-learning", "machine-learning", "Machine learning", 7, 11),
    (2, "sql", "sql", "SQL", 15, 17),
    (2, "django", "django", "Django", 18, 21),
    (2, "cloud", "가상화와-클라우드", "가상화와 클라우드", 22, 25),
)


def _add_lessons(db: Db, cohort: Cohort, first: date) -> None:
    cells = cohorts.take_numbers(db, cohort.id, "next_cell", len(LESSONS))
    for cell, (step, key, slug, title, start, end) in zip(cells, LESSONS, strict=True):
        lessons.put(
            db,
            cohort.id,
            key=key,
            slug=slug,
            cell=cell,
            step_number=step,
            title=title,
            outline=[f"{title}: first steps", f"{title}: practice"],
            starts_on=first + timedelta(days=start),
            ends_on=first + timedelta(days=end),
            hours=8.0 * (end - start + 1),
            position=cell,
        )


def _add_projects(db: Db, cohort: Cohort, first: date) -> None:
    for number, kind, title, start in (
        (1, ProjectKind.MINI, "Bicycle rental", 9),
        (2, ProjectKind.CAPSTONE, "Our own service", 23),
    ):
        projects.put(
            db,
            cohort.id,
            key=f"project-{number}",
            number=number,
            kind=kind,
            step_number=number,
            title=title,
            brief="Build it as a team.",
            starts_on=first + timedelta(days=start),
            ends_on=first + timedelta(days=start + 2),
            deliverables=["Slides", "Code"],
        )
