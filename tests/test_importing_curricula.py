"""Importing curricula: what is written, what is told, and what stays whatever happens."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from tests.cast import NOON, make_cast
from tests.crashing import Killed, at_once, calling_at, dying_at, interleaved, writes_of
from tests.test_curriculum_file import EXAMPLE, GOOD
from tracker.curricula.planning import StoredCurriculum, plan_for
from tracker.curricula.reading import read_curriculum
from tracker.documents import cohorts, lesson_logs, lessons, projects, steps
from tracker.documents.schema import Db
from tracker.errors import Taken
from tracker.models import CohortState, Lesson
from tracker.use_cases.importing_curricula import import_curriculum

SQL = """\
      - title: SQL
        starts_on: 2031-03-03
        ends_on: 2031-03-05
        hours: 24
"""
FLASK = SQL.replace("SQL", "Flask")


def imported(db: Db, text: str, *, dry_run: bool = False) -> list[str]:
    file = read_curriculum(text)
    return [
        str(change) for change in import_curriculum(db, file, by=None, at=NOON, dry_run=dry_run)
    ]


def lessons_of(db: Db, slug: str = "ai-7") -> dict[str, Lesson]:
    cohort = cohorts.get_by_slug(db, slug)
    return {lesson.key: lesson for lesson in lessons.list_for_cohort(db, cohort.id)}


def test_a_first_import_makes_everything(db: Db) -> None:
    assert imported(db, GOOD) == [
        "+ cohort ai-7",
        "+ step step-1",
        "+ lesson sql",
        "+ lesson django",
        "+ project project-1",
        "+ project project-2",
    ]

    cohort = cohorts.get_by_slug(db, "ai-7")
    assert cohort.state is CohortState.ACTIVE
    assert cohort.curriculum_version == 1
    assert not cohorts.is_curriculum_pending(db, cohort.id)
    assert [step.number for step in steps.list_for_cohort(db, cohort.id)] == [1]
    assert [project.number for project in projects.list_for_cohort(db, cohort.id)] == [1, 2]
    assert [(one.slug, one.cell) for one in lessons_of(db).values()] == [("sql", 0), ("django", 1)]


def test_the_documented_example_is_imported(db: Db) -> None:
    imported(db, EXAMPLE.read_text(encoding="utf-8"))

    assert [one.slug for one in lessons_of(db, "ai-9").values()] == [
        "파이썬",
        "머신러닝",
        "sql",
        "django-웹-서비스",
    ]


def test_the_same_file_again_changes_nothing(db: Db) -> None:
    imported(db, GOOD)
    before = cohorts.get_by_slug(db, "ai-7")

    assert imported(db, GOOD) == []
    assert cohorts.get_by_slug(db, "ai-7") == before


def test_a_dry_run_tells_and_writes_nothing(db: Db) -> None:
    assert "+ lesson sql" in imported(db, GOOD, dry_run=True)
    assert cohorts.find_by_slug(db, "ai-7") is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("hours: 24", "hours: 32", "~ lesson sql: hours 24 → 32"),
        ("hours: 24", "hours: 7.5", "~ lesson sql: hours 24 → 7.5"),
        ("title: SQL", "title: SQL 기초\n        key: sql", "~ lesson sql: title SQL → SQL 기초"),
        (
            "title: SQL",
            "title: SQL\n        outline: [joins]",
            "~ lesson sql: outline changed",
        ),
        ("name: AI 7기", "name: AI 8기", "~ cohort ai-7: name AI 7기 → AI 8기"),
        (
            "name: AI 7기",
            "name: AI 7기\n  state: archived",
            "~ cohort ai-7: state active → archived",
        ),
        ("title: STEP 1", "title: 시작", "~ step step-1: title STEP 1 → 시작"),
        (
            "title: Cars",
            "title: Cars\n        kind: capstone",
            "~ project project-2: kind mini → capstone",
        ),
    ],
)
def test_only_what_changed_is_written_and_told(db: Db, old: str, new: str, told: str) -> None:
    imported(db, GOOD)

    assert imported(db, GOOD.replace(old, new, 1)) == [told]
    assert imported(db, GOOD.replace(old, new, 1)) == []
    assert cohorts.get_by_slug(db, "ai-7").curriculum_version == 2


def test_a_lesson_keeps_its_slug_under_a_new_title(db: Db) -> None:
    imported(db, GOOD)
    imported(db, GOOD.replace("title: SQL", "title: Databases\n        key: sql"))

    assert lessons_of(db)["sql"].slug == "sql"
    assert lessons_of(db)["sql"].title == "Databases"


def test_a_lesson_that_leaves_is_archived_and_comes_back_as_itself(db: Db) -> None:
    imported(db, GOOD)
    before = lessons_of(db)["sql"]

    assert imported(db, GOOD.replace(SQL, "")) == ["- lesson sql archived"]
    assert lessons_of(db)["sql"].archived
    assert imported(db, GOOD) == ["~ lesson sql: back from the archive"]
    assert lessons_of(db)["sql"] == before


def test_adas_log_survives_the_lessons_leaving(db: Db) -> None:
    cast = make_cast(db)
    cast.ada_logs(db, "sql", line="JOIN")

    imported(db, GOOD)

    log = lesson_logs.find_for(db, cast.ada_place.id, cast.lessons["sql"].id)
    assert log is not None
    assert log.entry.line == "JOIN"
    assert lessons_of(db)["sql"].id == cast.lessons["sql"].id


def test_a_lesson_in_between_gets_a_cell_of_its_own(db: Db) -> None:
    imported(db, GOOD)
    before = {key: lesson.cell for key, lesson in lessons_of(db).items()}

    assert imported(db, GOOD.replace(SQL, SQL + FLASK)) == ["+ lesson flask"]
    after = lessons_of(db)
    assert list(after) == ["sql", "flask", "django"]
    assert {key: after[key].cell for key in before} == before
    assert after["flask"].cell == 2


def test_another_order_is_told_once(db: Db) -> None:
    imported(db, GOOD)
    django = GOOD[GOOD.index("      - title: Django") : GOOD.index("    projects:")]

    assert imported(db, GOOD.replace(django, "").replace(SQL, django + SQL)) == [
        "~ lessons order: django, sql"
    ]
    assert list(lessons_of(db)) == ["django", "sql"]


def test_two_titles_with_one_slug_get_two(db: Db) -> None:
    imported(db, GOOD.replace("title: Django", "title: sql!\n        key: more-sql"))

    assert [lesson.slug for lesson in lessons_of(db).values()] == ["sql", "sql-2"]


def test_a_state_set_by_command_stays(db: Db) -> None:
    imported(db, GOOD)
    cohorts.set_state(db, cohorts.get_by_slug(db, "ai-7").id, CohortState.DRAFT)

    assert imported(db, GOOD) == []
    assert cohorts.get_by_slug(db, "ai-7").state is CohortState.DRAFT


def test_a_huge_curriculum_is_planned_and_read_quickly(db: Db) -> None:
    many = "".join(FLASK.replace("Flask", f"Lesson {number}") for number in range(900))

    assert len(imported(db, GOOD.replace(SQL, many))) == 905


def assert_as_in_file(db: Db, text: str) -> None:
    cohort = cohorts.get_by_slug(db, "ai-7")
    stored = StoredCurriculum(
        cohort,
        steps.list_for_cohort(db, cohort.id),
        lessons.list_for_cohort(db, cohort.id),
        projects.list_for_cohort(db, cohort.id),
    )
    assert plan_for(read_curriculum(text), stored).changes == ()
    cells = [lesson.cell for lesson in stored.lessons]
    assert len(set(cells)) == len(cells)
    assert not cohorts.is_curriculum_pending(db, cohort.id)


CHANGED = GOOD.replace(SQL, FLASK).replace("title: Cars", "title: Buses")


@pytest.mark.parametrize("answered", [False, True])
def test_a_killed_import_is_healed_by_the_next(db: Db, answered: bool) -> None:
    def act(target: Db) -> list[str]:
        return imported(target, CHANGED)

    imported(db, GOOD)
    act(db)
    for number in range(1, writes_of(db, lambda target: imported(target, GOOD)) + 1):
        imported(db, GOOD)
        version = cohorts.get_by_slug(db, "ai-7").curriculum_version
        with pytest.raises(Killed):
            act(dying_at(db, number, answered=answered))
        act(db)
        assert_as_in_file(db, CHANGED)
        assert cohorts.get_by_slug(db, "ai-7").curriculum_version > version


def test_an_import_inside_another_leaves_what_the_next_makes_right(db: Db) -> None:
    steps_taken: list[str] = []

    def other() -> None:
        steps_taken.append("other")
        imported(db, CHANGED)

    for number in range(1, 30):
        db.drop_collection("cohorts")
        imported(db, GOOD)
        with suppress(Taken):
            imported(calling_at(db, number, other), GOOD.replace("hours: 24", "hours: 30"))
        imported(db, GOOD)
        assert_as_in_file(db, GOOD)
    assert steps_taken


def test_two_first_imports_at_once_make_one_cohort(db: Db) -> None:
    def act(target: Db) -> None:
        with suppress(Taken):
            imported(target, GOOD)

    for run in range(10):
        schedule = [(step * (run + 1)) // 2 % 2 for step in range(40)]
        interleaved(db, schedule, act, act)
        imported(db, GOOD)
        assert_as_in_file(db, GOOD)
        for name in ("cohorts", "lessons", "steps", "projects"):
            db[name].delete_many({})


def test_many_imports_in_real_threads(db: Db) -> None:
    def act(text: str) -> None:
        with suppress(Taken):
            imported(db, text)

    at_once([partial(act, text) for text in (GOOD, CHANGED, GOOD, CHANGED)])

    imported(db, GOOD)
    assert_as_in_file(db, GOOD)


def test_the_guide_names_the_commands_that_exist() -> None:
    guide = (Path(EXAMPLE).parent / "curriculum.md").read_text(encoding="utf-8")

    assert set(re.findall(r"script/flask (\w+ \w+)", guide)) == {
        "curriculum import",
        "cohort state",
    }
