"""How far a learner is, and who is fine, stuck or silent."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from tracker.models import Enrolment, Lesson, Row, Status, Word


class Standing(Word):
    """One learner at a glance; `stuck` goes before `silent`."""

    ON_TRACK = "on_track"
    STUCK = "stuck"
    SILENT = "silent"


@dataclass(frozen=True)
class Progress:
    """Lessons done of those that count for a learner."""

    done: int
    total: int

    @property
    def share(self) -> float:
        return done_share(done=self.done, due=self.total)


def done_share(*, done: int, due: int) -> float:
    """Return done over due lessons, 0.0 to 1.0 (not percent); nothing due counts as 1.0.

    Raises ValueError on negative counts.
    """
    if done < 0 or due < 0:
        raise ValueError("counts of lessons cannot be negative")
    return min(1.0, done / due) if due else 1.0


def counts_for(lesson: Lesson, joined_on: date) -> bool:
    """Tell whether a learner is measured on a lesson: late joiners not on what came before."""
    return lesson.ends_on >= joined_on


def progress_of(done: Collection[str], lessons: Iterable[Lesson], enrolment: Enrolment) -> Progress:
    """Return the progress over these lessons; `done` has the ids of those that are done."""
    counted = [lesson for lesson in lessons if counts_for(lesson, enrolment.joined_on)]
    return Progress(done=sum(lesson.id in done for lesson in counted), total=len(counted))


def standing_of(marks: str, *, silent: bool) -> Standing:
    """Return the Standing of a learner who counts, from the marks of every lesson."""
    if "!" in marks:
        return Standing.STUCK
    return Standing.SILENT if silent else Standing.ON_TRACK


def is_counted(row: Row, today: date) -> bool:
    """Tell whether a learner is in lists and denominators: active, and joined by today."""
    return row.status is Status.ACTIVE and row.joined_on <= today


def is_coming(row: Row, today: date) -> bool:
    """Tell whether a learner has a place and is in no list before their first day."""
    return row.status is Status.ACTIVE and row.joined_on > today
