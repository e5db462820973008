"""Edits of a curriculum: a file and a change give a file, without a database."""

from __future__ import annotations

from datetime import date

import pytest

from tests.test_curriculum_file import EXAMPLE
from tracker.curricula import editing
from tracker.curricula.file import CurriculumFile
from tracker.curricula.planning import StoredCurriculum, plan_for
from tracker.curricula.reading import read_curriculum
from tracker.curricula.shifting import class_days_later, copied, second_days, shifted
from tracker.curricula.storing import yaml_of
from tracker.errors import Invalid, NotFound

HOLIDAYS = frozenset({date(2031, 5, 5), date(2031, 6, 6)})


@pytest.fixture
def file() -> CurriculumFile:
    """The documented example: two lessons in STEP 1, two in STEP 2, a capstone in STEP 3."""
    read = read_curriculum(EXAMPLE.read_text(encoding="utf-8"))
    steps = tuple(
        step.model_copy(
            update={
                "key": step.stable_key,
                "lessons": tuple(
                    each.model_copy(update={"key": each.stable_key}) for each in step.lessons
                ),
                "projects": tuple(
                    each.model_copy(update={"key": each.stable_key}) for each in step.projects
                ),
            }
        )
        for step in read.steps
    )
    return CurriculumFile(cohort=read.cohort, steps=steps)


def keys(file: CurriculumFile) -> list[list[str]]:
    return [[lesson.stable_key for lesson in step.lessons] for step in file.steps]


def test_a_lesson_moves_to_a_place_in_another_step(file: CurriculumFile) -> None:
    _, sql = editing.lesson_in(file, "sql")

    after = editing.with_lesson(file, sql, step="step-1", place=2)

    assert keys(after) == [["파이썬", "sql", "machine-learning"], ["django"], []]


@pytest.mark.parametrize(("place", "first"), [(1, True), (2, False), (999, False)])
def test_lessons_change_places(file: CurriculumFile, place: int, *, first: bool) -> None:
    _, django = editing.lesson_in(file, "django")

    after = editing.with_lesson(file, django, step="step-2", place=place)

    assert keys(after)[1] == (["django", "sql"] if first else ["sql", "django"])


def test_a_split_lesson_gives_days_hours_and_topics_to_the_new_one(file: CurriculumFile) -> None:
    second = editing.SecondHalf("심화", date(2031, 3, 17), 30.0, ("모델 평가",))

    after = editing.split(file, "machine-learning", second, "new")

    assert keys(after)[0] == ["파이썬", "machine-learning", "new"]
    _, old = editing.lesson_in(after, "machine-learning")
    _, new = editing.lesson_in(after, "new")
    assert (old.ends_on, old.hours, old.outline) == (date(2031, 3, 14), 42, ("회귀와 분류",))
    assert (new.starts_on, new.ends_on, new.hours) == (date(2031, 3, 17), date(2031, 3, 21), 30)
    assert new.outline == ("모델 평가",)


@pytest.mark.parametrize(
    ("first", "last", "begins"),
    [
        (date(2031, 3, 13), date(2031, 3, 18), date(2031, 3, 14)),
        (date(2031, 3, 14), date(2031, 3, 18), date(2031, 3, 17)),
        (date(2031, 5, 2), date(2031, 5, 6), date(2031, 5, 6)),  # Children's Day on the 5th
        (date(2031, 3, 14), date(2031, 3, 14), date(2031, 3, 14)),
        (date(2031, 3, 14), date(2031, 3, 16), date(2031, 3, 14)),
    ],
)
def test_a_second_half_begins_after_the_first_where_there_is_a_class_day(
    file: CurriculumFile, first: date, last: date, begins: date
) -> None:
    _, lesson = editing.lesson_in(file, "sql")
    lesson = lesson.model_copy(update={"starts_on": first, "ends_on": last})
    assert second_days(lesson, HOLIDAYS) == (begins, last)


def test_a_merged_lesson_takes_over_the_other_one(file: CurriculumFile) -> None:
    after = editing.merged(file, "machine-learning", "파이썬")

    assert keys(after)[0] == ["machine-learning"]
    _, whole = editing.lesson_in(after, "machine-learning")
    assert (whole.starts_on, whole.ends_on) == (date(2031, 3, 3), date(2031, 3, 21))
    assert whole.hours == 112
    assert whole.outline[:2] == ("회귀와 분류", "모델 평가")


def test_what_is_not_there_cannot_be_edited(file: CurriculumFile) -> None:
    for look in (editing.step_in, editing.lesson_in, editing.project_in):
        with pytest.raises(NotFound):
            look(file, "none")


@pytest.mark.parametrize(
    ("day", "count", "later"),
    [
        (date(2031, 5, 2), 1, date(2031, 5, 6)),  # over a weekend and Children's Day
        (date(2031, 5, 6), -1, date(2031, 5, 2)),
        (date(2031, 6, 5), 2, date(2031, 6, 10)),
        (date(2031, 5, 6), 0, date(2031, 5, 6)),
    ],
)
def test_class_days_skip_weekends_and_holidays(day: date, count: int, later: date) -> None:
    assert class_days_later(day, count, HOLIDAYS) == later


def test_the_remaining_schedule_moves_and_what_is_over_stays(file: CurriculumFile) -> None:
    after = shifted(file, since=date(2031, 3, 12), count=2)

    assert editing.lesson_in(after, "파이썬")[1] == editing.lesson_in(file, "파이썬")[1]
    _, running = editing.lesson_in(after, "machine-learning")
    assert (running.starts_on, running.ends_on) == (date(2031, 3, 10), date(2031, 3, 25))
    _, sql = editing.lesson_in(after, "sql")
    assert (sql.starts_on, sql.ends_on) == (date(2031, 5, 21), date(2031, 5, 23))


def test_a_shift_and_its_way_back_change_nothing(file: CurriculumFile) -> None:
    since = date(2031, 3, 24)
    there = shifted(file, since=since, count=7)

    assert there != file
    lessons = [
        each for step in shifted(there, since=since, count=-7).steps for each in step.lessons
    ]
    assert lessons == [each for step in file.steps for each in step.lessons]


def test_steps_and_cohort_stretch_around_what_moves(file: CurriculumFile) -> None:
    after = editing.checked(shifted(file, since=date(2031, 3, 3), count=10))

    assert after.cohort.ends_on > file.cohort.ends_on
    for step in after.steps:
        assert after.cohort.starts_on <= step.starts_on <= step.ends_on <= after.cohort.ends_on


def test_a_copy_keeps_its_distance_from_the_first_day_in_class_days(file: CurriculumFile) -> None:
    holidays = (date(2032, 3, 10),)

    new = copied(file, slug="ai-10", name="10기", starts_on=date(2032, 3, 1), holidays=holidays)

    python, machine = new.steps[0].lessons
    assert (python.starts_on, python.ends_on) == (date(2032, 3, 1), date(2032, 3, 5))
    assert (machine.starts_on, machine.ends_on) == (date(2032, 3, 8), date(2032, 3, 22))
    assert new.cohort.slug == "ai-10"
    assert keys(new) == keys(file)
    for step in new.steps:
        for part in (*step.lessons, *step.projects):
            assert part.starts_on.weekday() < 5
            assert part.starts_on not in holidays


def test_a_copy_of_a_lesson_that_begins_on_a_weekend_begins_on_a_class_day(
    file: CurriculumFile,
) -> None:
    _, sql = editing.lesson_in(file, "sql")
    odd = sql.model_copy(update={"starts_on": date(2031, 5, 17), "ends_on": date(2031, 5, 18)})
    weekend = editing.checked(editing.with_lesson(file, odd, step="step-2", place=1))

    new = copied(weekend, slug="x", name="x", starts_on=date(2032, 3, 1), holidays=())

    assert editing.lesson_in(new, "sql")[1].starts_on.weekday() < 5


def test_the_file_written_out_reads_back_as_the_same(file: CurriculumFile) -> None:
    _, project = editing.project_in(file, "project-1")
    odd = project.model_copy(
        update={"brief": "# 2031-03-03\n\n- a: b\n\n  'x'\ttab\n", "title": "yes: 'no' #1"}
    )
    whole = editing.with_project(file, odd, step="step-1")

    again = read_curriculum(yaml_of(whole))

    assert again == whole


def test_too_much_is_refused(file: CurriculumFile) -> None:
    _, sql = editing.lesson_in(file, "sql")
    many = tuple(sql.model_copy(update={"key": f"k-{number}"}) for number in range(1001))
    step = editing.step_in(file, "step-2").model_copy(update={"lessons": many})

    with pytest.raises(Invalid):
        editing.checked(editing.with_step(file, step))


def test_a_new_key_never_takes_that_of_something_archived() -> None:
    assert editing.free_key("SQL", ["sql", "sql-2"]) == "sql-3"


def test_the_plan_of_a_new_curriculum_names_every_part(file: CurriculumFile) -> None:
    changes = plan_for(file, StoredCurriculum()).changes

    assert {change.title for change in changes} >= {"SQL", "우리 팀의 서비스", "AI 과정 9기"}
