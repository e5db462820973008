"""The rules that say who needs a person, and what staff do about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from tests.courses import FIRST, FRIDAY, cohort_with, course_on, lesson_on, noon, row_with
from tracker.models import (
    Row,
    Said,
)
from tracker.rules.attention import Contact, Judge, Reason, Rule, Rules, seen
from tracker.rules.course import Course, picker

DEFAULT = Rules()


def found(row: Row, course: Course, rules: Rules = DEFAULT) -> dict[Rule, Reason]:
    return {reason.rule: reason for reason in Judge(rules, course).reasons(seen(row, course))}


def test_weekends_and_holidays_are_no_days_of_silence() -> None:
    logged = row_with(logged_at=noon(date(2031, 3, 7)), logged_cell=4)  # the Friday before
    tuesday, wednesday = date(2031, 3, 11), date(2031, 3, 12)
    assert Rule.SILENT not in found(logged, course_on(tuesday))
    silent = found(logged, course_on(wednesday))[Rule.SILENT]
    assert silent.since == date(2031, 3, 7)
    assert [lesson.slug for lesson in silent.lessons] == ["l4"]
    assert Rule.SILENT not in found(logged, course_on(wednesday, tuesday))


def test_nobody_falls_silent_when_the_cohort_is_over() -> None:
    last_day = cohort_with().ends_on
    diligent = row_with(logged_at=noon(last_day), logged_cell=4)
    assert Rule.SILENT not in found(diligent, course_on(last_day + timedelta(days=90)))
    gone = replace(diligent, logged_at=noon(last_day - timedelta(days=7)))
    assert Rule.SILENT in found(gone, course_on(last_day + timedelta(days=90)))


def test_who_never_logged_is_silent_from_joining_or_the_first_lesson() -> None:
    early = row_with(joined_on=date(2031, 2, 1))
    late = row_with(joined_on=date(2031, 3, 12))
    assert found(early, course_on(FRIDAY))[Rule.SILENT].since == FIRST
    assert found(early, course_on(FRIDAY))[Rule.SILENT].lessons == ()
    assert Rule.SILENT not in found(late, course_on(FRIDAY))
    assert Rule.SILENT not in found(early, course_on(date(2031, 3, 1)))


def test_stuck_counts_from_the_moment_in_the_cohorts_own_time() -> None:
    late_on_wednesday = datetime(2031, 3, 12, 14, 30, tzinfo=timezone.utc)  # 23:30 in Seoul
    past_midnight = late_on_wednesday + timedelta(hours=1)
    log = {"logged_at": noon(FRIDAY)}
    both = row_with("!!", stuck_since={0: late_on_wednesday, 1: past_midnight}, **log)
    stuck = found(both, course_on(FRIDAY))[Rule.STUCK]
    assert [lesson.slug for lesson in stuck.lessons] == ["l0"]
    assert stuck.since == date(2031, 3, 12)
    assert Rule.STUCK not in found(both, course_on(FRIDAY, cells=(5, 6, 7)))  # archived lessons


def test_behind_counts_what_is_over_and_not_what_came_before_joining() -> None:
    row = row_with("+!-...", logged_at=noon(FRIDAY))
    behind = found(row, course_on(date(2031, 3, 9)))[Rule.BEHIND]  # six lessons are over
    assert [lesson.slug for lesson in behind.lessons] == ["l1", "l2", "l3", "l4", "l5"]
    assert behind.since == date(2031, 3, 4)
    assert Rule.BEHIND not in found(row, course_on(date(2031, 3, 8)))
    late = replace(row, joined_on=date(2031, 3, 6))
    assert Rule.BEHIND not in found(late, course_on(date(2031, 3, 9)))


@pytest.mark.parametrize(("behind", "reach"), [(5, 1), (9, 1), (10, 2)])
def test_as_many_lessons_behind_again_are_new_evidence(behind: int, reach: int) -> None:
    course = course_on(date(2031, 3, 20), cells=tuple(range(12)))
    row = row_with("+" * (12 - behind), logged_at=noon(FRIDAY))
    assert found(row, course)[Rule.BEHIND].reach == reach


@pytest.mark.parametrize(
    ("said", "falls"),
    [("444333", True), ("445334", True), ("444334", False), ("44433", False), ("4.4.4.333", True)],
)
def test_understanding_falls_when_three_are_a_point_below_the_three_before(
    said: str, falls: bool
) -> None:
    row = row_with(logged_at=noon(FRIDAY), said=Said(understanding=said))
    assert (Rule.FALLING in found(row, course_on(FRIDAY), Rules(falling_by=1.0))) is falls


def test_understanding_is_read_in_the_order_of_the_curriculum_not_of_the_cells() -> None:
    course = course_on(FRIDAY, cells=(5, 4, 3, 2, 1, 0))
    row = row_with(logged_at=noon(FRIDAY), said=Said(understanding="222555"))
    falling = found(row, course)[Rule.FALLING]
    assert falling.ratings == "555222"
    assert [lesson.cell for lesson in falling.lessons] == [2, 1, 0]


def test_a_rule_that_is_off_lists_nobody() -> None:
    rules = Rules(off=frozenset({Rule.SILENT, Rule.BEHIND}))
    assert found(row_with(), course_on(FRIDAY), rules) == {}


def test_without_lessons_nobody_needs_anyone() -> None:
    assert found(row_with(), course_on(FRIDAY, cells=())) == {}


def test_a_picker_takes_cells_in_any_order_and_of_any_number() -> None:
    assert picker([])("+!") == ""
    assert picker([lesson_on(0, 3)])("+!") == "."
    assert picker([lesson_on(0, 1), lesson_on(1, 2)])("+!") == "!."
    assert picker([lesson_on(0, 2), lesson_on(1, 0)])("+!-") == "-+"


def test_a_contact_hides_up_to_its_last_day() -> None:
    contact = Contact("Ben", noon(FIRST), FRIDAY, reach=2)
    reason = Reason(Rule.STUCK, FIRST, (), reach=2)
    assert contact.hides(reason, FRIDAY - timedelta(days=1))
    assert not contact.hides(reason, FRIDAY)
    assert not contact.hides(replace(reason, reach=3), FIRST)
