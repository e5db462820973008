"""Dana edits the curriculum: she sees what a change does before it is done, and can go back."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.database import QUERIES
from tests.pages.browser import check_page
from tests.pages.editing import HOME, change, dana, parts, typed
from tests.pages.test_every_page import MOST_QUERIES
from tracker.documents import cohorts, lessons
from tracker.documents.schema import Db
from tracker.models import Lesson

__all__ = ["dana"]


def lesson(db: Db, cast: Cast, key: str) -> Lesson:
    found = {each.key: each for each in lessons.list_for_cohort(db, cast.ai7.id)}
    return found[key]


def test_dana_sees_what_archiving_does_before_it_is_done(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    cast.ada_logs(db, "sql")

    page = check_page(dana.get(f"{HOME}/archive-lesson/sql"))

    for words in (
        "1 lesson leaves the curriculum",
        "1 log is kept",
        "The percentage of 1 learner changes",
    ):
        assert words in page
    assert not lesson(db, cast, "sql").archived


def test_confirming_does_what_was_previewed_and_raises_the_version_once(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    change(dana, "archive-lesson/sql")

    assert lesson(db, cast, "sql").archived
    assert cohorts.get(db, cast.ai7.id).curriculum_version == cast.ai7.curriculum_version + 1
    assert "Lesson archived" in check_page(dana.get(HOME))


def test_a_lesson_moves_to_another_step_under_a_new_title(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    before = lesson(db, cast, "sql")

    change(dana, "lesson/sql", name="Databases", step="step-1", place_in_step=1, hours="7.5")

    after = lesson(db, cast, "sql")
    assert (after.title, after.step_number, after.position, after.hours) == ("Databases", 1, 0, 7.5)
    assert (after.id, after.slug, after.cell) == (before.id, before.slug, before.cell)


def test_a_form_holds_what_is_stored_and_saving_it_as_it_is_changes_nothing(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    for what in ("cohort", "step/step-2", "lesson/cloud", "project/project-2"):
        answer = dana.post(f"{HOME}/{what}", data=typed(dana, what))
        assert "This changes nothing." in check_page(answer, 422)


@pytest.mark.parametrize(
    ("what", "boxes", "done"),
    [
        ("cohort", {"name": "AI 8기", "holidays": "2031-05-05"}, "Name, days or holidays changed"),
        ("shift", {"count": "2"}, "Schedule moved"),
        ("new-step", {"name": "The end"}, "Step added"),
        ("step/step-2", {"name": "Services", "number": "7"}, "Step changed"),
        ("archive-step/step-1", {}, "Step archived"),
        ("new-lesson/step-2", {"name": "SQL"}, "Lesson added"),
        ("split/sql", {"name": "SQL 2"}, "Lesson split"),
        ("merge/sql", {"other": "django"}, "Lessons merged"),
        ("new-project/step-1", {"name": "A game"}, "Project added"),
        ("project/project-1", {"step": "step-2", "kind": "capstone"}, "Project changed"),
        ("archive-project/project-1", {}, "Project archived"),
    ],
)
def test_each_edit_can_be_done_and_undone(
    dana: FlaskClient, db: Db, cast: Cast, what: str, boxes: dict[str, str], done: str
) -> None:
    cast.ada_logs(db, "sql")
    before = parts(db, cast)
    change(dana, what, **boxes)

    assert parts(db, cast) != before
    assert done in check_page(dana.get(HOME))
    change(dana, f"undo/{cast.ai7.curriculum_version}")
    assert parts(db, cast) == before


@pytest.mark.parametrize("kind", ["lesson/sql", "project/project-1", "step/step-2"])
def test_what_left_comes_back_as_itself(dana: FlaskClient, db: Db, cast: Cast, kind: str) -> None:
    before = parts(db, cast)
    change(dana, f"archive-{kind}")
    assert "Bring back" in check_page(dana.get(HOME))

    change(dana, f"return-{kind}")

    left = parts(db, cast)
    assert {key for key, part in left.items() if key and part.archived} <= {
        "sql",
        "django",
        "cloud",
        "project-2",
    }
    key = kind.partition("/")[2]
    assert replace(left[key], position=0) if kind == "lesson/sql" else left[key] == before[key]


def test_matrix_and_percentages_are_the_same_after_an_undo(
    client: FlaskClient, dana: FlaskClient, db: Db, cast: Cast
) -> None:
    for slug in ("python", "sql", "django"):
        cast.ada_logs(db, slug)

    def seen() -> list[Any]:
        matrix = dana.get("/cohorts/ai-7/dashboard/matrix.json").get_json()
        learner = check_page(dana.get(f"/cohorts/ai-7/learners/{cast.ada_place.id}"))
        return [matrix["lessons"], matrix["learners"], re.findall(r"\d+ / \d+", learner)]

    before = seen()
    assert "3 / 6" in before[2]
    change(dana, "archive-step/step-1")
    assert "2 / 3" in seen()[2]
    change(dana, f"undo/{cast.ai7.curriculum_version}")

    assert seen() == before


def test_a_change_that_was_overtaken_is_refused_and_what_was_typed_stays(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    boxes = typed(dana, "lesson/sql", name="Databases & more")
    change(dana, "archive-lesson/django")

    for data in (boxes, {**boxes, "confirm": "1"}):
        page = check_page(dana.post(f"{HOME}/lesson/sql", data=data), 409)
        assert "Databases &amp; more" in page
        assert "changed in the meantime" in page
    assert parts(db, cast)["sql"].title == "SQL"
    (version,) = re.findall(r'name="version" value="(\d+)"', page)
    assert dana.post(
        f"{HOME}/lesson/sql", data={**boxes, "version": version, "confirm": "1"}
    ).location


@pytest.mark.parametrize(
    ("what", "boxes", "told"),
    [
        ("lesson/sql", {"name": " "}, "Write something here."),
        ("lesson/sql", {"name": "x" * 201}, "At most 200 characters"),
        ("lesson/sql", {"hours": "many"}, "Give hours from 0 to 1,000"),
        ("lesson/sql", {"hours": "nan"}, "Give hours from 0 to 1,000"),
        ("lesson/sql", {"hours": "-1"}, "Give hours from 0 to 1,000"),
        ("lesson/sql", {"starts_on": "tomorrow"}, "Give a day, such as"),
        ("lesson/sql", {"starts_on": ""}, "Give a day, such as"),
        ("lesson/sql", {"starts_on": "9999-12-31"}, "Give a day, such as"),
        ("lesson/sql", {"ends_on": "2001-01-01"}, "This is before the first day"),
        ("lesson/sql", {"step": "none"}, "Not a valid choice"),
        ("lesson/sql", {"place_in_step": "0"}, "Give a number from 1 to 1,000."),
        ("lesson/sql", {"outline": "\n".join("abc" * 61)}, "At most 60 lines"),
        ("lesson/sql", {"outline": "x" * 301}, "A line may have 300 characters"),
        ("split/sql", {"starts_on": "2001-01-01"}, "Give a day of the lesson"),
        ("split/sql", {"hours": "999"}, "The whole lesson has 24"),
        ("merge/sql", {"other": "sql"}, "Not a valid choice"),
        ("step/step-2", {"number": "1"}, "Another step has this number"),
        ("step/step-2", {"number": "100"}, "Give a number from 0 to 99."),
        ("step/step-2", {"starts_on": "2199-01-01"}, "Something in it begins on"),
        ("project/project-1", {"number": "2"}, "Another project has this number"),
        ("project/project-1", {"kind": "huge"}, "Not a valid choice"),
        ("cohort", {"holidays": "2031-05-05\n5 May"}, "“5 May” is no day"),
        ("cohort", {"starts_on": "2199-01-01"}, "Something in it begins on"),
        ("shift", {"count": "201"}, "Give days from -200 to 200."),
        ("shift", {"count": "\x00"}, "Give days from -200 to 200."),
        ("shift", {"count": "0"}, "0 moves nothing"),
    ],
)
def test_a_wrong_edit_names_the_remedy_and_writes_nothing(
    dana: FlaskClient, db: Db, cast: Cast, what: str, boxes: dict[str, str], told: str
) -> None:
    before = parts(db, cast)
    data = {**typed(dana, what, **boxes), "confirm": "1"}

    page = check_page(dana.post(f"{HOME}/{what}", data=data), 422)

    assert told in page
    assert parts(db, cast) == before


@pytest.mark.parametrize(
    "what",
    [
        "none",
        "lesson",
        "lesson/none",
        "cohort/x",
        "undo/99",
        "undo/x",
        "return-lesson/sql",
        "split/none",
    ],
)
def test_there_is_nothing_to_edit_elsewhere(dana: FlaskClient, cast: Cast, what: str) -> None:
    check_page(dana.get(f"{HOME}/{what}"), 404)
    check_page(dana.post(f"{HOME}/{what}"), 404)


def test_going_back_from_the_preview_keeps_what_was_typed(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    data = typed(dana, "split/sql", name="Joins", topics="SQL: practice")
    page = check_page(dana.post(f"{HOME}/split/sql", data=data))
    assert 'value="Joins"' in page
    assert "The lesson itself keeps its 0 logs." in page

    again = check_page(dana.post(f"{HOME}/split/sql", data={**data, "back": "1"}))

    assert 'value="Joins"' in again


@pytest.mark.parametrize("part", ["step/step-2", "lesson/sql", "project/project-1"])
def test_what_is_confirmed_twice_is_done_once(
    dana: FlaskClient, db: Db, cast: Cast, part: str
) -> None:
    for deed in ("archive", "return"):
        data = {**dict.fromkeys(("version", "number", "step"), ""), "confirm": "1"}
        change(dana, f"{deed}-{part}")
        before = parts(db, cast)
        assert dana.post(f"{HOME}/{deed}-{part}", data=data).location == HOME
        assert "This is done already" in check_page(dana.get(HOME))
        assert parts(db, cast) == before


def test_the_history_names_what_was_added_and_the_way_back_names_the_change(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    for name in ("Docker", "Kubernetes"):
        change(dana, "new-lesson/step-2", name=name)
    change(dana, "new-step", name="The end")
    page = check_page(dana.get(HOME))
    for told in ("Lesson added · Docker", "Lesson added · Kubernetes", "Step added · The end"):
        assert told in page
    back = check_page(dana.get(f"{HOME}/undo/{cast.ai7.curriculum_version}"))
    assert "<h1>Go back to before “Lesson added · Docker, " in back


def test_the_preview_of_a_split_tells_the_days_and_hours_of_both(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    """Machine learning takes five days, of which at most two in a row are a weekend."""
    first = lesson(db, cast, "machine-learning").starts_on
    weekend = "\n".join(str(first + timedelta(days=day)) for day in (2, 3))
    change(dana, "cohort", holidays=weekend)
    offered = typed(dana, "split/machine-learning")
    begins = date.fromisoformat(offered["starts_on"])
    assert begins.weekday() < 5
    assert str(begins) not in weekend
    page = check_page(dana.post(f"{HOME}/split/machine-learning", data=offered))
    told = re.findall(r"<div>(.*?)</div>", page)
    assert "hours 40 → 20" in told
    assert told[told.index("new") :][:4:3] == ["new", "hours 20"]
    assert "1 lesson or project gets other days." in page
    data = {**offered, "starts_on": str(first)}
    page = check_page(dana.post(f"{HOME}/split/machine-learning", data=data), 422)
    assert "Give a day of the lesson, from" in page


def test_the_pages_ask_little(dana: FlaskClient, db: Db, cast: Cast) -> None:
    change(dana, "archive-lesson/sql")
    for path in ("", "/shift", "/archive-lesson/django", "/lesson/python", "/undo/1"):
        QUERIES.names.clear()
        check_page(dana.get(HOME + path))
        assert len(QUERIES.names) <= MOST_QUERIES, QUERIES.names
