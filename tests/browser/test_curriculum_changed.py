"""Dana changes the curriculum in the browser, sees what it does first, and goes back."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Door
from tests.browser.watching import assert_fits
from tests.cast import Cast
from tracker.documents import cohorts, lessons
from tracker.documents.schema import Db
from tracker.models import CohortState

HOME = "/cohorts/ai-7/curriculum"


def section(page: Page, heading: str) -> Locator:
    return page.get_by_role("region", name=heading)


@pytest.mark.parametrize("narrow", [False, True])
def test_dana_archives_a_lesson_and_takes_it_back(
    door: Door, cast: Cast, stage: Db, *, narrow: bool
) -> None:
    cast.ada_logs(stage, "sql")
    page = door.enter(cast.dana, "/cohorts/ai-7/", narrow=narrow)
    page.get_by_role("link", name="Curriculum", exact=True).click()
    page.get_by_role("link", name="Archive SQL", exact=True).click()
    expect(page.get_by_text("1 log is kept and stays readable.")).to_be_visible()
    expect(page.get_by_text("The percentage of 1 learner changes")).to_be_visible()
    assert_fits(page)

    page.get_by_role("button", name="Change the curriculum").click()
    expect(page.get_by_text("The curriculum is changed.")).to_be_visible()
    expect(section(page, "No longer in the curriculum")).to_contain_text("SQL")
    assert_fits(page)

    page.get_by_role("link", name="Undo Lesson archived").click()
    expect(page.get_by_text("1 lesson comes back.")).to_be_visible()
    page.get_by_role("button", name="Change the curriculum").click()
    expect(section(page, "Last changes")).to_contain_text("Went back")
    expect(section(page, "No longer in the curriculum")).to_have_count(0)


def test_dana_splits_a_lesson_from_the_keyboard(door: Door, cast: Cast, stage: Db) -> None:
    page = door.enter(cast.dana, f"{HOME}/split/django")
    title = page.get_by_label("Title of the new lesson")
    title.fill("Django in production")
    title.press("Enter")
    expect(page.get_by_text("1 lesson is new and starts without logs.")).to_be_visible()

    page.get_by_role("button", name="Back to the form").press("Enter")
    expect(title).to_have_value("Django in production")
    title.press("Enter")
    page.get_by_role("button", name="Change the curriculum").press("Enter")

    expect(page.get_by_role("link", name="Django in production", exact=True)).to_be_visible()
    titles = [one.title for one in lessons.list_for_cohort(stage, cast.ai7.id)]
    assert titles[4:6] == ["Django", "Django in production"]


def test_what_dana_typed_outlives_a_change_of_someone_else(
    door: Door, cast: Cast, stage: Db, allow: Any
) -> None:
    mine, other = door.enter(cast.dana, f"{HOME}/lesson/sql"), door.enter(cast.dana)
    mine.get_by_label("Title").fill("SQL and friends")
    other.goto(f"{HOME}/archive-lesson/python")
    other.get_by_role("button", name="Change the curriculum").click()
    expect(other.get_by_text("The curriculum is changed.")).to_be_visible()

    allow(409)
    mine.get_by_role("button", name="See what changes").click()
    expect(mine.get_by_role("alert")).to_be_focused()
    expect(mine.get_by_label("Title")).to_have_value("SQL and friends")
    mine.get_by_role("button", name="See what changes").click()
    mine.get_by_role("button", name="Change the curriculum").click()

    expect(mine.get_by_role("link", name="SQL and friends", exact=True)).to_be_visible()


def test_dana_moves_the_schedule_copies_it_and_archives_the_cohort(
    door: Door, cast: Cast, stage: Db, tmp_path: Path
) -> None:
    page = door.enter(cast.dana, HOME, narrow=True)
    page.get_by_role("link", name="Move the schedule").click()
    page.get_by_label("By how many class days").fill("2")
    page.get_by_role("button", name="See what changes").click()
    expect(page.get_by_text("get other days")).to_be_visible()
    page.get_by_role("button", name="Change the curriculum").click()
    expect(section(page, "Last changes")).to_contain_text("Schedule moved")

    page.get_by_role("link", name="Copy to a new cohort").click()
    page.get_by_label("Name").fill("AI 8기")
    page.get_by_label("Address").fill("ai-8")
    page.get_by_label("First day").fill("2032-03-01")
    page.get_by_role("button", name="Make the cohort").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Curriculum of AI 8기")
    expect(page.get_by_role("link", name="SQL", exact=True)).to_be_visible()
    assert_fits(page)

    page.goto(HOME)
    page.get_by_role("button", name="Archived", exact=True).click()
    expect(page.get_by_text("Archived: Everyone can read it")).to_be_visible()
    assert cohorts.get(stage, cast.ai7.id).state is CohortState.ARCHIVED
    expect(page.get_by_role("link", name="Add a step")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="Everything as a ZIP").click()
    download.value.save_as(tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.namelist()[:3] == ["curriculum.yaml", "people.csv", "logs.csv"]
