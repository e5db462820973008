"""Who is in the made-up cohort, and what they logged: the same for the same seed and day."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from random import Random
from zoneinfo import ZoneInfo

from tracker.demo import words
from tracker.models import Lesson, LogEntry, LogState, Pace, Status

QUIET_DAYS = 5
"""Days since a silent learner's last log."""
PAUSED_DAYS = 14


class Kind(Enum):
    """How a learner does; DEMO is the account that visitors use."""

    DEMO = "demo"
    ON_TRACK = "on_track"
    STUCK = "stuck"
    SILENT = "silent"
    LATE = "late"
    PAUSED = "paused"
    DROPPED = "dropped"


GONE = frozenset({Kind.SILENT, Kind.PAUSED, Kind.DROPPED})
"""Those whose last log was some days ago."""
STATUSES = {Kind.PAUSED: Status.PAUSED, Kind.DROPPED: Status.DROPPED}


@dataclass(frozen=True)
class Learner:
    """One made-up learner; `number` counts from 0, `diligence` is the share of lessons done."""

    number: int
    name: str
    email: str
    kind: Kind
    joined_on: date
    diligence: float

    @property
    def status(self) -> Status:
        """Active, unless they paused or left."""
        return STATUSES.get(self.kind, Status.ACTIVE)


def demo_id(*parts: object) -> str:
    """Return an id, 24 hexadecimal digits, that is the same in every load of the demo."""
    key = ":".join(["didim-demo", *map(str, parts)])
    return hashlib.sha256(key.encode()).hexdigest()[:24]


def learners(count: int, first_day: date, today: date, seed: int) -> list[Learner]:
    """Return the learners: about 80 % on track, the demo learner first."""
    random = Random(f"learners:{seed}")  # noqa: S311  made-up people, not secrets
    names = _names(random)
    kinds = _kinds(count, random)
    late_day = first_day + (today - first_day) // 2
    return [
        Learner(
            number=number,
            name=next(names),
            email="learner@demo.example" if number == 0 else f"learner-{number:04}@demo.example",
            kind=kind,
            joined_on=late_day if kind is Kind.LATE else first_day,
            diligence=random.uniform(0.9, 1.0),
        )
        for number, kind in enumerate(kinds)
    ]


def entries_of(
    learner: Learner, lessons: list[Lesson], *, at: datetime, time_zone: str, seed: int
) -> Iterator[tuple[Lesson, LogEntry, datetime]]:
    """Yield what the learner logged of the lessons that began, oldest first, and when."""
    random = Random(f"logs:{seed}:{learner.number}")  # noqa: S311
    zone = ZoneInfo(time_zone)
    until = _last_day(learner, at.astimezone(zone).date(), random)
    begun = [one for one in lessons if learner.joined_on <= one.ends_on and one.starts_on <= until]
    if learner.kind is Kind.DEMO:  # leaves something open for whoever looks around
        begun = [one for one in begun if one.ends_on < until]
    for lesson in begun:
        is_last = lesson is begun[-1]
        state = _last_state(learner) if is_last else None
        evening = time(random.randint(18, 23), random.randint(0, 59))
        saved = datetime.combine(min(lesson.ends_on, until), evening, zone)
        lately = at - timedelta(minutes=random.randint(5, 600))
        is_fresh = is_last and learner.kind not in GONE
        yield (
            lesson,
            entry(lesson.title, state or _state(learner, lesson, until, random), random),
            lately if is_fresh else min(saved.astimezone(at.tzinfo), lately),
        )


def entry(title: str, state: LogState, random: Random) -> LogEntry:
    """Return what a learner in this state may write of the lesson."""
    said = {
        LogState.DONE: words.DONE.get(title, ()) + words.ANY_DONE,
        LogState.IN_PROGRESS: words.DOING,
        LogState.STUCK: words.STUCK,
    }
    hard = state is LogState.STUCK
    return LogEntry(
        state=state,
        understanding=random.choice((1, 2) if hard else (2, 3, 3, 4, 4, 5)),
        pace=random.choice((Pace.FAST, Pace.RIGHT, Pace.RIGHT, Pace.SLOW)),
        minutes=random.randrange(60, 500, 10),
        line=random.choice(said[state]),
        key_points=random.choice(words.KEY_POINTS) if random.random() < 0.25 else (),
        note=random.choice(words.NOTES) if random.random() < 0.08 else "",
    )


def _kinds(count: int, random: Random) -> list[Kind]:
    some = max(1, count // 48)
    kinds = [Kind.LATE, Kind.PAUSED, Kind.DROPPED] * some
    kinds += [Kind.STUCK] * max(1, round(count * 0.09)) + [Kind.SILENT] * max(1, count // 16)
    kinds = kinds[: count - 1]
    kinds += [Kind.ON_TRACK] * (count - 1 - len(kinds))
    random.shuffle(kinds)
    return [Kind.DEMO, *kinds]


def _names(random: Random) -> Iterator[str]:
    """Yield made-up names; a second round of them would be told apart by a number."""
    every = [family + given for family in words.FAMILY for given in words.GIVEN]
    random.shuffle(every)
    turn = 1
    while True:
        yield from (name if turn == 1 else f"{name} {turn}" for name in every)
        turn += 1


def _last_day(learner: Learner, today: date, random: Random) -> date:
    if learner.kind is Kind.SILENT:
        return today - timedelta(days=QUIET_DAYS + random.randint(0, 4))
    if learner.kind is Kind.PAUSED:
        return today - timedelta(days=PAUSED_DAYS)
    if learner.kind is Kind.DROPPED:
        return learner.joined_on + (today - learner.joined_on) // 2
    return today


def _last_state(learner: Learner) -> LogState | None:
    """Return the state of the learner's latest log, where their kind tells it."""
    return {Kind.STUCK: LogState.STUCK, Kind.DEMO: LogState.IN_PROGRESS}.get(learner.kind)


def _state(learner: Learner, lesson: Lesson, until: date, random: Random) -> LogState:
    is_over = lesson.ends_on < until
    done = random.random() < (learner.diligence if is_over else 0.2)
    return LogState.DONE if done else LogState.IN_PROGRESS
