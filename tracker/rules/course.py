"""A curriculum made ready to measure many learners on one day.

A row holds a character for each cell; which cells count, and in which order, is worked out once,
so that a learner then costs a few string operations, however many lessons there are.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta, timezone
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tracker.models import Cohort, Curriculum, Lesson

BLANK = "."
SATURDAY = 5
Picker = Callable[[str], str]


class Counted(NamedTuple):
    """The lessons that count for those who joined on one day, in the order in which they end.

    The first `due` of them are over; `pick` takes their characters from a row's string.
    """

    lessons: tuple[Lesson, ...]
    due: int
    pick: Picker


class Course:
    """The lessons of a cohort as they stand on one day in its time zone."""

    def __init__(self, curriculum: Curriculum, cohort: Cohort, today: date) -> None:
        self.lessons, self.today = curriculum.lessons, today
        self.by_cell = {lesson.cell: lesson for lesson in self.lessons}
        self.in_order = picker(self.lessons)
        begun = [lesson.starts_on for lesson in self.lessons if lesson.starts_on <= today]
        self.begun_on = min(begun, default=None)
        self.zone = ZoneInfo(cohort.time_zone)
        self._ends_on = cohort.ends_on
        self._holidays = frozenset(cohort.holidays)
        self._by_end = tuple(sorted(self.lessons, key=lambda one: (one.ends_on, one.position)))
        self._ends = [lesson.ends_on for lesson in self._by_end]
        self._counted: dict[int, Counted] = {}

    def counted(self, joined_on: date) -> Counted:
        """Return what a learner is measured on: late joiners not on what came before."""
        first = bisect_left(self._ends, joined_on)
        if first not in self._counted:
            lessons = self._by_end[first:]
            due = bisect_left(self._ends, self.today) - first
            self._counted[first] = Counted(lessons, max(0, due), picker(lessons))
        return self._counted[first]

    def day(self, moment: datetime) -> date:
        """Return the calendar day of a moment in the cohort's time zone."""
        return moment.astimezone(self.zone).date()

    def end_of(self, day: date) -> datetime:
        """Return the moment at which the day is over there, in UTC."""
        midnight = datetime.combine(day + timedelta(days=1), time(), self.zone)
        return midnight.astimezone(timezone.utc)

    def working_days_ago(self, days: int) -> date:
        """Return the latest day after which `days` working days have come, today among them.

        Weekends and the cohort's holidays are none, nor is what comes after its last day: nobody
        falls silent when it is over. 0 gives today, or that last day.
        """
        day = min(self.today, self._ends_on)
        while days > 0:
            days -= day.weekday() < SATURDAY and day not in self._holidays
            day -= timedelta(days=1)
        return day


def picker(lessons: Sequence[Lesson]) -> Picker:
    """Return what takes these lessons' characters, in their order, from a string by cell."""
    cells = [lesson.cell for lesson in lessons]
    if not cells:
        return lambda _by_cell: ""
    first, end = min(cells), max(cells) + 1
    if cells == list(range(first, end)):
        return lambda by_cell: by_cell.ljust(end, BLANK)[first:end]
    take = itemgetter(*cells)
    return lambda by_cell: "".join(take(by_cell.ljust(end, BLANK)))
