"""The row of figures: each log sets its own cell, whatever was there before."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as some

from tracker.models import (
    CohortId,
    EnrolmentId,
    LessonId,
    LessonLog,
    LogEntry,
    LogId,
    LogState,
    Pace,
    PersonId,
    Row,
    Status,
)
from tracker.rules.figures import MINUTES, MOMENTS, numbers, with_log

AT = datetime(2031, 3, 13, 3, 4, tzinfo=timezone.utc)
NOBODY = Row(EnrolmentId("a"), "Ada", Status.ACTIVE, date(2031, 3, 1), "", None)
entries = some.builds(
    LogEntry,
    state=some.sampled_from(LogState),
    understanding=some.none() | some.integers(1, 5),
    pace=some.none() | some.sampled_from(Pace),
    minutes=some.none() | some.integers(0, 6000),
)


def log_of(entry: LogEntry, since: datetime) -> LessonLog:
    return LessonLog(
        id=LogId("log"),
        enrolment_id=NOBODY.enrolment_id,
        cohort_id=CohortId("c"),
        lesson_id=LessonId("l"),
        entry=entry,
        note_html="",
        revision=1,
        updated_at=since,
        updated_by=PersonId("p"),
        state_since=since,
    )


@given(some.lists(some.tuples(some.integers(0, 30), entries), max_size=25))
def test_a_row_says_what_the_last_log_of_each_lesson_says(
    saves: list[tuple[int, LogEntry]],
) -> None:
    row, last = NOBODY, {}
    for number, (cell, entry) in enumerate(saves):
        log = log_of(entry, AT + timedelta(days=number))
        row = with_log(row, cell, log)
        last[cell] = log
    again = NOBODY
    for cell, log in reversed(last.items()):
        again = with_log(again, cell, log)
    assert again == row
    minutes = dict(enumerate(numbers(row.said.minutes, MINUTES)))
    done_at = dict(enumerate(numbers(row.said.done_at, MOMENTS)))
    for cell, log in last.items():
        spent = log.entry.minutes
        assert minutes.get(cell, 0) == (0 if spent is None else spent + 1)
        done = log.updated_at.timestamp() / 60 if log.state is LogState.DONE else 0
        assert done_at.get(cell, 0) == done
        stuck = log.updated_at if log.state is LogState.STUCK else None
        assert row.stuck_since.get(cell) == stuck
        said = row.said.understanding[cell : cell + 1]
        assert said in ({str(log.entry.understanding)} if log.entry.understanding else {".", ""})


def test_what_was_never_said_takes_no_room() -> None:
    row = with_log(NOBODY, 7, log_of(LogEntry(LogState.IN_PROGRESS), AT))
    assert (row.said.minutes, row.said.done_at, row.said.understanding) == (b"", b"", "")
