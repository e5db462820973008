"""Who needs a person: four rules over a learner's row, and what staff did about it.

Days are working days: weekends and the cohort's holidays do not count.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import compress
from typing import NamedTuple

from tracker.models import EnrolmentId, Lesson, Row, Word
from tracker.rules.course import BLANK, Counted, Course

RATINGS = 3
"""Understandings whose mean is compared with that of as many before them."""


class Rule(Word):
    """Why a learner needs a person, the most pressing first."""

    STUCK = "stuck"
    SILENT = "silent"
    BEHIND = "behind"
    FALLING = "falling"


@dataclass(frozen=True)
class Rules:
    """A cohort's thresholds; those in `off` list nobody. `revision` 0: never changed.

    `silent_days`, `stuck_days`: 1 to 30 working days; `behind_lessons`: 1 to 100 lessons that are
    over and not done; `falling_by`: 0.3 to 4.0 points of understanding; `snooze_days`: 1 to 30
    days for which "contacted" hides a row.
    """

    silent_days: int = 3
    stuck_days: int = 2
    behind_lessons: int = 5
    falling_by: float = 1.5
    snooze_days: int = 3
    off: frozenset[Rule] = frozenset()
    revision: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Reason:
    """A rule that a learner falls under, with its evidence.

    `lessons` are those it rests on: stuck, not done, or last rated; for silence the one logged
    last, if any. `reach` grows when there is new evidence.
    """

    rule: Rule
    since: date
    lessons: tuple[Lesson, ...]
    reach: int
    ratings: str = ""


@dataclass(frozen=True)
class Contact:
    """Someone of the staff was in touch: the row is hidden up to the day `until`."""

    by: str
    at: datetime
    until: date
    reach: int

    @property
    def made(self) -> int:
        """Return the moment in whole milliseconds since 1970, for an address."""
        return round(self.at.timestamp() * 1000)

    def hides(self, reason: Reason, today: date) -> bool:
        """Tell whether the row stays hidden: not when it is over, nor on new evidence."""
        return today < self.until and reason.reach <= self.reach


@dataclass(frozen=True)
class Attention:
    """What staff have set and done: their rules, whom they contacted, who took whom (by name).

    `staff` has the name of each active place of a coach or manager, in the order of names.
    """

    rules: Rules = Rules()
    contacts: Mapping[tuple[EnrolmentId, Rule], Contact] = field(default_factory=dict)
    taken: Mapping[EnrolmentId, str] = field(default_factory=dict)
    staff: Mapping[EnrolmentId, str] = field(default_factory=dict)

    def owner_of(self, row: Row) -> str:
        """Return who looks after the learner: whoever took them, else their coach, else ""."""
        coach = self.staff.get(row.coach_id, "") if row.coach_id else ""
        return self.taken.get(row.enrolment_id) or coach


class Seen(NamedTuple):
    """A learner who counts as one day finds them: `marks` are of what counts, by last day.

    `quiet_since` is the day of the last log, else of joining or of the first lesson, whichever
    is later; None before there is anything to log.
    """

    row: Row
    counted: Counted
    marks: str
    quiet_since: date | None


def seen(row: Row, course: Course) -> Seen:
    """Return the learner as the course's day finds them."""
    counted = course.counted(row.joined_on)
    if row.logged_at is not None:
        since: date | None = course.day(row.logged_at)
    else:
        since = None if course.begun_on is None else max(row.joined_on, course.begun_on)
    return Seen(row, counted, counted.pick(row.marks), since)


class Judge:
    """The rules made ready for one day."""

    def __init__(self, rules: Rules, course: Course) -> None:
        self.rules, self.course = rules, course
        self.silent_by = course.working_days_ago(rules.silent_days)
        self.stuck_before = course.end_of(course.working_days_ago(rules.stuck_days))
        every = {
            Rule.STUCK: self._stuck,
            Rule.SILENT: self._silent,
            Rule.BEHIND: self._behind,
            Rule.FALLING: self._falling,
        }
        self._on = [judge for rule, judge in every.items() if rule not in rules.off]

    def reasons(self, learner: Seen) -> Iterator[Reason]:
        """Yield why this learner needs a person."""
        return filter(None, [judge(learner) for judge in self._on])

    def is_silent(self, learner: Seen) -> bool:
        """Tell whether the learner logged nothing for long; nobody is before there is a lesson."""
        return learner.quiet_since is not None and learner.quiet_since <= self.silent_by

    def _silent(self, learner: Seen) -> Reason | None:
        since = learner.quiet_since
        if since is None or since > self.silent_by:
            return None
        last = self.course.by_cell.get(learner.row.logged_cell)
        return Reason(Rule.SILENT, since, (last,) if last else (), since.toordinal())

    def _stuck(self, learner: Seen) -> Reason | None:
        by_cell = self.course.by_cell
        since = sorted(
            (moment, cell)
            for cell, moment in learner.row.stuck_since.items()
            if moment < self.stuck_before and cell in by_cell
        )
        if not since:
            return None
        lessons = tuple(by_cell[cell] for _, cell in since)
        reach = int(since[-1][0].timestamp())
        return Reason(Rule.STUCK, self.course.day(since[0][0]), lessons, reach)

    def _behind(self, learner: Seen) -> Reason | None:
        """Compare what is over and not done; as many lessons again are new evidence."""
        lessons, due, _ = learner.counted
        behind, least = due - learner.marks.count("+", 0, due), self.rules.behind_lessons
        if behind < least:
            return None
        late = tuple(compress(lessons, map("+".__ne__, learner.marks[:due])))
        return Reason(Rule.BEHIND, late[0].ends_on, late, behind // least)

    def _falling(self, learner: Seen) -> Reason | None:
        """Compare the last ratings, in the curriculum's order; fewer than six say nothing."""
        said = self.course.in_order(learner.row.said.understanding)
        ratings = said.replace(BLANK, "")[-2 * RATINGS :]
        if len(ratings) < 2 * RATINGS:
            return None
        before, last = sum(ratings[:RATINGS].encode()), sum(ratings[RATINGS:].encode())
        if (before - last) / RATINGS < self.rules.falling_by - 0.001:  # digits differ as bytes do
            return None
        rated = [place for place, mark in enumerate(said) if mark != BLANK][-RATINGS:]
        lessons = tuple(self.course.lessons[place] for place in rated)
        since = min(lessons[0].ends_on, self.course.today)
        return Reason(Rule.FALLING, since, lessons, rated[-1], ratings)
