"""Dana edits the curriculum: she sees what a change does before it is done, and can go back."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.cast import Cast
from tests.pages.browser import check_page, sign_in
from tracker.documents import cohorts, lessons
from tracker.documents.schema import Db
from tracker.models import Lesson

HOME = "/cohorts/ai-7/curriculum"


@pytest.fixture
def dana(client: FlaskClient, cast: Cast) -> FlaskClient:
    """Return Dana's browser, in English."""
    sign_in(client, cast.dana)
    client.post("/preferences", data={"language": "en"})
    return client


def typed(client: FlaskClient, what: str, **boxes: object) -> dict[str, str]:
    """Return what a form holds when it is opened, with these boxes typed over."""
    page = check_page(client.get(f"{HOME}/{what}"))
    inputs = re.findall(r"<input[^>]*>", page)
    held = {}
    for one in inputs:
        name, value = re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one)
        if name and value and 'type="submit"' not in one:
            held[name[1]] = value[1]
    for name, text in re.findall(
        r'<textarea[^>]*name="([^"]*)"[^>]*>\r?\n?(.*?)</textarea>', page, re.S
    ):
        held[name] = text
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.S):
        held[name] = (
            re.findall(r'<option selected value="([^"]*)"', options)[0]
            if "selected" in options
            else re.findall(r'value="([^"]*)"', options)[0]
        )
    return {**held, **{name: str(value) for name, value in boxes.items()}}


def previewed(client: FlaskClient, what: str, **boxes: object) -> str:
    """Return the page that tells what an edit would do."""
    return check_page(client.post(f"{HOME}/{what}", data=typed(client, what, **boxes)))


def done(client: FlaskClient, what: str, **boxes: object) -> TestResponse:
    """Do an edit, as its preview offers it."""
    answer = client.post(f"{HOME}/{what}", data={**typed(client, what, **boxes), "confirm": "1"})
    assert answer.location == HOME, answer.text
    return answer


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
    done(dana, "archive-lesson/sql")

    assert lesson(db, cast, "sql").archived
    assert cohorts.get(db, cast.ai7.id).curriculum_version == cast.ai7.curriculum_version + 1
    assert "Lesson archived" in check_page(dana.get(HOME))


def test_a_lesson_moves_to_another_step_under_a_new_title(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    before = lesson(db, cast, "sql")

    done(dana, "lesson/sql", name="Databases", step="step-1", place_in_step=1, hours="7.5")

    after = lesson(db, cast, "sql")
    assert (after.title, after.step_number, after.position, after.hours) == ("Databases", 1, 0, 7.5)
    assert (after.id, after.slug, after.cell) == (before.id, before.slug, before.cell)
