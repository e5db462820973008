"""A cohort at a glance, read from a few bucket documents of marks."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tracker.documents.schema import Db
from tracker.models import (
    Cohort,
    CohortId,
    Curriculum,
    EnrolmentId,
    Lesson,
    Row,
)
from tracker.reports.attention import attention_of
from tracker.reports.kept import Kept
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
from tracker.rules.course import Course, picker
from tracker.rules.progress import Progress, Standing, is_coming, is_counted, standing_of


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
    """Every learner who counts, by name, the lessons that are looked at, and who needs a person.

    `coming` has the first day, the earliest first, of each learner who does not count before it.
    """

    lines: tuple[Line, ...]
    lessons: tuple[Lesson, ...]
    needs: tuple[Need, ...]
    attention: Attention
    coming: tuple[date, ...]

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


Judged = tuple[Line, list[Reason]]


class _View:
    """Some lessons on one day under one set of rules, and what was said of each row in it.

    A row that has not changed is the very object that was judged before (see rows.py).
    """

    def __init__(self, judge: Judge, lessons: tuple[Lesson, ...]) -> None:
        self._judge, self._pick = judge, picker(lessons)
        self._known: dict[EnrolmentId, tuple[Row, Judged]] = {}

    def judged(self, row: Row) -> Judged:
        """Return the learner's line, and why they need a person."""
        known = self._known.get(row.enrolment_id)
        if known is None or known[0] is not row:
            learner = seen(row, self._judge.course)
            known = row, (self._line(learner), list(self._judge.reasons(learner)))
            self._known[row.enrolment_id] = known
        return known[1]

    def _line(self, learner: Seen) -> Line:
        row, counted, marks, quiet_since = learner
        every = self._judge.course.in_order(row.marks)
        return Line(
            row=row,
            standing=standing_of(every, silent=self._judge.is_silent(learner)),
            progress=Progress(done=marks.count("+"), total=len(marks)),
            due=counted.due,
            marks=self._pick(row.marks),
            logged_on=quiet_since if row.logged_at else None,
        )


_views: Kept[tuple[CohortId, int | None], tuple[object, ...], _View] = Kept(most=50)


@dataclass(frozen=True)
class Flags:
    """How many learners the rules flag, those whom staff contacted too: of `total` who count."""

    by_rule: Counter[Rule]
    people: int
    total: int


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
    as_of = (curriculum, cohort.time_zone, cohort.ends_on, cohort.holidays, today, attention.rules)
    lessons = curriculum.lessons if step is None else curriculum.lessons_of(step)
    view = _views.get(
        (cohort.id, step),
        as_of,
        lambda: _View(Judge(attention.rules, Course(curriculum, cohort, today)), lessons),
    )
    rows = list(rows)
    judged = [view.judged(row) for row in sorted(counted_of(rows, today), key=by_name)]
    return Glance(
        lines=tuple(line for line, _ in judged),
        lessons=lessons,
        needs=tuple(_needs(judged, attention, today)),
        attention=attention,
        coming=tuple(sorted(row.joined_on for row in rows if is_coming(row, today))),
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


def _needs(judged: Iterable[Judged], attention: Attention, today: date) -> list[Need]:
    needs = []
    for line, reasons in judged:
        for reason in reasons:
            row = line.row
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
