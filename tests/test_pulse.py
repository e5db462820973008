"""Lessons in figures: what was said of them, and how far the cohort is."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from tests.courses import FIRST, course_on, row_with
from tracker.models import Project, ProjectId, ProjectKind, Row, Said, Step, StepId
from tracker.rules.pulse import Pulse, lesson_pulses, pulse_of, quartiles

STEP = Step(StepId("s"), "s", 1, "STEP 1", FIRST, FIRST + timedelta(days=9))
PROJECT = Project(
    ProjectId("p"), "p", 1, ProjectKind.MINI, 1, "Bicycles", "", date(2031, 3, 5), FIRST, ()
)


def done_at(*moments: datetime | None) -> bytes:
    numbers = [0 if one is None else int(one.timestamp()) // 60 for one in moments]
    return struct.pack(f"<{len(numbers)}I", *numbers)


def pulse(rows: list[Row], today: date) -> Pulse:
    return pulse_of(rows, course_on(today, cells=(2, 1, 0)), [STEP], [PROJECT])


def test_quartiles_lie_between_neighbours_and_need_ten_answers() -> None:
    assert quartiles([3] * 9) is None
    found = quartiles([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    assert found is not None
    assert (found.low, found.median, found.high, found.answers) == (3.25, 5.5, 7.75, 10)


@pytest.mark.parametrize("count", [9, 10])
def test_nothing_is_said_of_a_lesson_below_ten_answers(count: int) -> None:
    minutes = struct.pack("<3H", 0, 0, 91)
    said = Said(understanding="..4", pace="..f", minutes=minutes)
    rows = [row_with(said=said)] * (count - 1) + [row_with(said=replace(said, pace="..s"))]
    first, second, _ = lesson_pulses(rows, course_on(FIRST, cells=(2, 1, 0)).lessons)
    assert (second.understanding, second.pace, second.minutes) == (None, None, None)
    if count < 10:
        assert (first.understanding, first.pace, first.minutes) == (None, None, None)
        return
    assert first.understanding is not None
    assert first.minutes is not None
    assert first.pace is not None
    assert (first.understanding.median, first.minutes.high) == (4, 90)
    assert (first.pace.slow, first.pace.right, first.pace.fast) == (0.1, 0.0, 0.9)


def test_no_time_at_all_is_an_answer_too() -> None:
    said = Said(minutes=struct.pack("<H", 1))
    (found,) = lesson_pulses([row_with(said=said)] * 10, course_on(FIRST, cells=(0,)).lessons)
    assert found.minutes is not None
    assert found.minutes.median == 0


def test_the_burn_up_counts_days_of_the_cohorts_own_time() -> None:
    late = datetime(2031, 3, 3, 14, 59, tzinfo=timezone.utc)  # a minute before midnight in Seoul
    row = row_with("+.+", said=Said(done_at=done_at(late + timedelta(minutes=1), None, late)))
    found = pulse([row], date(2031, 3, 4)).burn_up
    assert [(point.day.day, point.due, point.done) for point in found] == [
        (3, 1.0, 1.0),
        (4, 2.0, 2.0),
        (5, 3.0, None),
    ]


def test_late_joiners_are_not_counted_for_what_came_before() -> None:
    early = row_with(
        "..+", said=Said(done_at=done_at(None, None, datetime(2031, 3, 3, 3, tzinfo=timezone.utc)))
    )
    late = row_with("..+", joined_on=date(2031, 3, 5), said=early.said)
    found = pulse([late, early], date(2031, 3, 5))
    assert [point.due for point in found.burn_up] == [0.5, 1.0, 2.0]
    assert found.burn_up[-1].done == 0.5
    (step,), (project,) = found.steps, found.projects
    assert (step.lessons, step.done, step.due) == (3, 1 / 4, 2 / 4)
    assert (project.lessons, project.done, project.due) == (2, 1 / 2, 1.0)


def test_a_cohort_without_learners_has_no_figures() -> None:
    found = pulse([], date(2031, 3, 5))
    assert (found.burn_up, found.learners, found.steps[0].done) == ((), 0, None)
