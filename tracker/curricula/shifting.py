"""Days on which a cohort learns, and schedules moved over those on which it does not."""

from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import TypeVar

from tracker.curricula.file import CohortPart, CurriculumFile, DatedPart, LessonPart, StepPart

ONE_DAY = timedelta(days=1)
SATURDAY = 5

Dated = TypeVar("Dated", bound=DatedPart)
Mover = Callable[[date], date]
Days = Collection[date]


def is_class_day(day: date, holidays: Days) -> bool:
    return day.weekday() < SATURDAY and day not in holidays


def class_days_later(day: date, count: int, holidays: Days) -> date:
    """Return the day that many class days later, or earlier where `count` is negative."""
    step = ONE_DAY if count > 0 else -ONE_DAY
    left = abs(count)
    while left:
        day += step
        left -= is_class_day(day, holidays)
    return day


def class_day_from(day: date, holidays: Days) -> date:
    """Return the day itself if it is a class day, else the next one."""
    while not is_class_day(day, holidays):
        day += ONE_DAY
    return day


def class_day_until(day: date, holidays: Days) -> date:
    """Return the day itself if it is a class day, else the last one before it."""
    while not is_class_day(day, holidays):
        day -= ONE_DAY
    return day


def shifted(file: CurriculumFile, *, since: date, count: int) -> CurriculumFile:
    """Return the file with every day from `since` on moved by that many class days.

    What runs on that day keeps its beginning and moves its end; what is over stays as it is.
    """
    holidays = frozenset(file.cohort.holidays)

    def start(day: date) -> date:
        if day < since:
            return day
        return class_days_later(class_day_from(day, holidays), count, holidays)

    def end(day: date) -> date:
        if day < since:
            return day
        return class_days_later(class_day_until(day, holidays), count, holidays)

    return moved(file, start, end)


def moved(file: CurriculumFile, start: Mover, end: Mover) -> CurriculumFile:
    """Return the file with the days of steps, lessons and projects mapped by these two."""

    def move(part: Dated) -> Dated:
        first = start(part.starts_on)
        return part.model_copy(
            update={"starts_on": first, "ends_on": max(first, end(part.ends_on))}
        )

    def move_step(step: StepPart) -> StepPart:
        return move(step).model_copy(
            update={
                "lessons": tuple(map(move, step.lessons)),
                "projects": tuple(map(move, step.projects)),
            }
        )

    return file.model_copy(update={"steps": tuple(map(move_step, file.steps))})


def stretched(file: CurriculumFile) -> CurriculumFile:
    """Return the file with each step long enough for its parts, and the cohort for its steps."""
    steps = tuple(_around(step, (*step.lessons, *step.projects)) for step in file.steps)
    return CurriculumFile(cohort=_around(file.cohort, steps), steps=steps)


def copied(
    file: CurriculumFile, *, slug: str, name: str, starts_on: date, holidays: tuple[date, ...]
) -> CurriculumFile:
    """Return the file for a new cohort that begins on this day and has these holidays.

    Each part begins on the same class day, counted from the first one, and is as many long.
    """
    before, after = frozenset(file.cohort.holidays), frozenset(holidays)
    places = _ClassDays(class_day_from(file.cohort.starts_on, before), before)
    origin = class_day_from(starts_on, after)
    targets = _ClassDays(origin, after)

    def start(day: date) -> date:
        return targets.day(places.place(class_day_from(day, before)))

    def end(day: date) -> date:
        return targets.day(places.place(class_day_until(day, before)))

    cohort = CohortPart(
        slug=slug,
        name=name,
        track=file.cohort.track,
        time_zone=file.cohort.time_zone,
        starts_on=starts_on,
        ends_on=max(starts_on, end(file.cohort.ends_on)),
        holidays=holidays,
    )
    return stretched(moved(CurriculumFile(cohort=cohort, steps=file.steps), start, end))


class _ClassDays:
    """The class days of a calendar, numbered from a first one; days before it count backwards."""

    def __init__(self, first: date, holidays: Days) -> None:
        self._first, self._holidays = first, holidays
        self._places = {first: 0}
        self._days = {0: first}
        self._ends = {1: 0, -1: 0}

    def place(self, day: date) -> int:
        """Return the number of a class day."""
        step = 1 if day >= self._first else -1
        while day not in self._places:
            self._grow(step)
        return self._places[day]

    def day(self, place: int) -> date:
        """Return the class day with this number."""
        while place not in self._days:
            self._grow(1 if place > 0 else -1)
        return self._days[place]

    def _grow(self, step: int) -> None:
        last = self._ends[step]
        day = class_days_later(self._days[last], step, self._holidays)
        self._ends[step] = self._places[day] = last + step
        self._days[last + step] = day


def _around(part: Dated, inner: tuple[DatedPart, ...]) -> Dated:
    return part.model_copy(
        update={
            "starts_on": min([part.starts_on, *(each.starts_on for each in inner)]),
            "ends_on": max([part.ends_on, *(each.ends_on for each in inner)]),
        }
    )


def second_days(lesson: LessonPart, holidays: Days) -> tuple[date, date]:
    """Return the days on which a second half of the lesson can begin, from the first to the last.

    A lesson without a second class day is split within its only one.
    """
    second = class_days_later(lesson.starts_on, 1, holidays)
    return second if second <= lesson.ends_on else lesson.starts_on, lesson.ends_on


def before_day(lesson: LessonPart, day: date, holidays: Days) -> date:
    """Return the lesson's last class day before a day, at least its first one."""
    return max(lesson.starts_on, class_day_until(day - ONE_DAY, holidays))
