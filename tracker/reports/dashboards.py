"""A cohort at a glance, read from a few bucket documents of marks."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tracker.documents.schema import Db
from tracker.models import STATES, Cohort, Curriculum, EnrolmentId, Lesson, LogState, Row
from tracker.reports.attention import attention_of
from tracker.reports.rows import rows_of
from tracker.rules.attention import (
    Attention,
    Contact,
    Judge,
    Reason,
    Rule,
    Rules,
    Seen,
    seen,
)
from tracker.rules.course import Course, Picker, picker
from tracker.rules.progress import Progress, Standing, counts_for, is_counted, standing_of

LEAST_SHOWN = 5
"""Peers never see a count below this (product.md)."""


@dataclass(frozen=True)
class Line:
    """One learner of the dashboard; `due` counts the lessons that are over, `marks` are by step."""

    row: Row
    standing: Standing
    progress: Progress
    due: int
    marks: str
    logged_on: date | None


@dataclass(frozen=True)
class Need:
    """One learner and one rule; `contact` is the last one made, `is_open` whether it shows."""

    row: Row
    reason: Reason
    owner: str
    is_taken: bool
    contact: Contact | None
    is_open: bool

    @property
    def key(self) -> tuple[EnrolmentId, Rule]:
        return self.row.enrolment_id, self.reason.rule


@dataclass(frozen=True)
class Glance:
    """Every learner who counts, by name, the lessons that are looked at, and who needs a person."""

    lines: tuple[Line, ...]
    lessons: tuple[Lesson, ...]
    needs: tuple[Need, ...]
    attention: Attention

    @property
    def counts(self) -> dict[str, int]:
        """Return how many learners have each standing."""
        found = Counter(line.standing for line in self.lines)
        return {standing.value: found[standing] for standing in Standing}

    @property
    def open_needs(self) -> list[Need]:
        """Return what is to be done: the most pressing rule first, then the longest waiting."""
        return [need for need in self.needs if need.is_open]

    @property
    def in_need(self) -> int:
        """Return how many learners need a person."""
        return len({need.row.enrolment_id for need in self.needs if need.is_open})


@dataclass(frozen=True)
class Flags:
    """How many learners the rules flag, those whom staff contacted too: of `total` who count."""

    by_rule: Counter[Rule]
    people: int
    total: int


@dataclass(frozen=True)
class LessonShare:
    """How much of a cohort is done with a lesson, 0.0 to 1.0.

    `bound` is "least" or "most" where the share itself would give away a count below LEAST_SHOWN:
    then it is the nearest share that does not. `share` is None where too few learners count.
    """

    lesson: Lesson
    share: float | None
    bound: str
    own: LogState


def glance_at(
    db: Db, cohort: Cohort, curriculum: Curriculum, *, today: date, step: int | None = None
) -> Glance:
    """Return the cohort at a glance, in two queries. `step` narrows the lessons alone."""
    rows, attention = rows_of(db, cohort), attention_of(db, cohort)
    return glance_of(rows, curriculum, cohort, attention, today=today, step=step)


def glance_of(
    rows: Iterable[Row],
    curriculum: Curriculum,
    cohort: Cohort,
    attention: Attention,
    *,
    today: date,
    step: int | None = None,
) -> Glance:
    """Return the glance of these rows: sentence, list, table and exports all come from it."""
    course = Course(curriculum, cohort, today)
    judge = Judge(attention.rules, course)
    lessons = curriculum.lessons if step is None else curriculum.lessons_of(step)
    in_view = picker(lessons)
    learners = [seen(row, course) for row in sorted(counted_of(rows, today), key=by_name)]
    return Glance(
        lines=tuple(_line(learner, judge, in_view) for learner in learners),
        lessons=lessons,
        needs=tuple(_needs(learners, judge, attention)),
        attention=attention,
    )


def counted_of(rows: Iterable[Row], today: date) -> list[Row]:
    """Return the rows of those who are in lists and denominators."""
    return [row for row in rows if is_counted(row, today)]


def by_name(row: Row) -> tuple[str, str]:
    """Return the order in which learners are listed."""
    return row.name, row.enrolment_id


def rules_and_flags(
    db: Db, cohort: Cohort, curriculum: Curriculum, typed: Rules | None, *, today: date
) -> tuple[Rules, Flags]:
    """Return the cohort's rules, and whom they flag, or whom typed ones would."""
    saved = attention_of(db, cohort).rules
    learners = counted_of(rows_of(db, cohort), today)
    judge = Judge(typed or saved, Course(curriculum, cohort, today))
    found = [[one.rule for one in judge.reasons(seen(row, judge.course))] for row in learners]
    return saved, Flags(
        by_rule=Counter(rule for each in found for rule in each),
        people=sum(map(bool, found)),
        total=len(learners),
    )


def shares_for(
    db: Db, cohort: Cohort, curriculum: Curriculum, own: EnrolmentId | None, *, today: date
) -> list[LessonShare]:
    """Return each lesson's share of learners who are done, without anyone's name."""
    rows = rows_of(db, cohort)
    mine = next((row for row in rows if row.enrolment_id == own), None)
    learners = counted_of(rows, today)
    shares = ((lesson, *_share(learners, lesson)) for lesson in curriculum.lessons)
    return [
        LessonShare(
            lesson=lesson,
            share=share,
            bound=bound,
            own=STATES[mine.mark(lesson.cell)] if mine else LogState.NOT_STARTED,
        )
        for lesson, share, bound in shares
    ]


def matrix_of(glance: Glance, cohort: Cohort) -> dict[str, object]:
    """Return `matrix.json` as product.md gives it, with each learner's standing and coach."""
    return {
        "lessons": _heads(glance.lessons),
        "learners": [
            {
                "id": line.row.enrolment_id,
                "name": line.row.name,
                "marks": line.marks,
                "standing": line.standing.value,
                "coach": line.row.coach_id or "",
            }
            for line in glance.lines
        ],
        "version": cohort.version,
    }


def own_matrix(
    db: Db, cohort: Cohort, curriculum: Curriculum, own: EnrolmentId
) -> dict[str, object]:
    """Return a learner's `matrix.json`: their own row alone."""
    rows = rows_of(db, cohort)
    pick = picker(curriculum.lessons)
    return {
        "lessons": _heads(curriculum.lessons),
        "learners": [
            {"id": row.enrolment_id, "name": row.name, "marks": pick(row.marks)}
            for row in rows
            if row.enrolment_id == own
        ],
        "version": cohort.version,
    }


def _heads(lessons: Iterable[Lesson]) -> list[dict[str, object]]:
    return [
        {"slug": lesson.slug, "title": lesson.title, "step": lesson.step_number}
        for lesson in lessons
    ]


def _line(learner: Seen, judge: Judge, in_view: Picker) -> Line:
    row, counted, marks, quiet_since = learner
    every = judge.course.in_order(row.marks)
    return Line(
        row=row,
        standing=standing_of(every, silent=judge.is_silent(learner)),
        progress=Progress(done=marks.count("+"), total=len(marks)),
        due=counted.due,
        marks=in_view(row.marks),
        logged_on=quiet_since if row.logged_at else None,
    )


def _needs(learners: list[Seen], judge: Judge, attention: Attention) -> list[Need]:
    today = judge.course.today
    needs = []
    for learner in learners:
        row = learner.row
        for reason in judge.reasons(learner):
            contact = attention.contacts.get((row.enrolment_id, reason.rule))
            need = Need(
                row=row,
                reason=reason,
                owner=attention.owner_of(row),
                is_taken=row.enrolment_id in attention.taken,
                contact=contact,
                is_open=contact is None or not contact.hides(reason, today),
            )
            needs.append(need)
    pressing = {rule: place for place, rule in enumerate(Rule)}
    return sorted(needs, key=lambda need: (pressing[need.reason.rule], need.reason.since))


def _share(rows: list[Row], lesson: Lesson) -> tuple[float | None, str]:
    counted = [row for row in rows if counts_for(lesson, row.joined_on)]
    done = sum(row.mark(lesson.cell) == "+" for row in counted)
    total = len(counted)
    if total < 2 * LEAST_SHOWN:
        return None, ""
    if done < LEAST_SHOWN:
        return LEAST_SHOWN / total, "most"
    if total - done < LEAST_SHOWN:
        return (total - LEAST_SHOWN) / total, "least"
    return done / total, ""
