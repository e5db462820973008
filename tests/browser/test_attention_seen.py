"""Staff find who needs a person, see to it, and set the rules; managers look from further away."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Door
from tests.browser.watching import assert_fits
from tests.cast import Cast
from tracker.documents import enrolments
from tracker.documents.schema import Db
from tracker.models import LogState, Pace, Role
from tracker.use_cases.joining import enrol
from tracker.use_cases.settling import settle_row

DASHBOARD = "/cohorts/ai-7/dashboard"


@pytest.fixture
def cast(cast: Cast, stage: Db) -> Cast:
    """The cast, whose Ada got stuck on SQL eight days ago; Ben is her coach."""
    cast.ada_logs(stage, "sql", LogState.STUCK, understanding=2, pace=Pace.FAST, minutes=90)
    enrolments.set_coach(stage, cast.ai7.id, [cast.ada_place.id], cast.ben_place.id)
    settle_row(stage, cast.ada_place.id)
    return cast


def first_of_matrix(page: Page) -> Locator:
    """Put the keyboard on the first name of the painted matrix; return what is then said."""
    expect(page.locator(".matrix-space")).to_be_visible()
    page.locator("#matrix").focus()
    page.keyboard.press("Home")
    return page.locator("#matrix-cell")


@pytest.mark.parametrize("narrow", [False, True])
def test_ben_looks_after_ada(door: Door, cast: Cast, narrow: bool) -> None:
    page = door.enter(cast.ben, DASHBOARD, narrow=narrow)
    stuck = page.locator(".need", has_text="Stuck for long")
    expect(stuck).to_contain_text("Ben")
    assert_fits(page)
    stuck.get_by_role("button", name="Contacted Ada").click()
    expect(page.locator("#messages")).to_contain_text("hidden for 3 days")
    expect(stuck).to_have_count(0)
    page.get_by_role("link", name="Those contacted").click()
    expect(stuck).to_contain_text("Ben was in touch on")
    stuck.get_by_role("button", name="Show again").click()
    expect(page.locator("#messages")).to_contain_text("on the list again")
    page.goto(DASHBOARD)
    stuck.get_by_role("link", name="SQL").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("SQL · Ada")


def test_undo_brings_the_row_back(door: Door, cast: Cast) -> None:
    page = door.enter(cast.ben, DASHBOARD)
    page.get_by_role("button", name="Contacted Ada").first.click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".need", has_text="Stuck for long")).to_be_visible()


def test_dana_takes_ada_over_and_gives_her_back(door: Door, cast: Cast) -> None:
    page = door.enter(cast.dana, DASHBOARD)
    stuck = page.locator(".need", has_text="Stuck for long")
    stuck.get_by_role("button", name="I look after them").click()
    expect(stuck).to_contain_text("Dana")
    stuck.get_by_role("button", name="Give back").click()
    expect(stuck).to_contain_text("Ben")


@pytest.mark.parametrize("narrow", [False, True])
def test_ben_tries_rules_with_the_keyboard_before_he_saves_them(
    door: Door, cast: Cast, narrow: bool
) -> None:
    page = door.enter(cast.ben, f"{DASHBOARD}/rules", narrow=narrow, color_scheme="dark")
    flags = page.locator("#flags")
    expect(flags).to_contain_text("The saved rules flag 1 of 1 learners.")
    for label in ("Working days stuck on a lesson", "Working days without a log"):
        page.get_by_label(label).fill("30")
    page.get_by_label("Behind schedule").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Preview").focus()
    page.keyboard.press("Enter")
    expect(flags).to_contain_text("flag 0 of 1 learners")
    assert_fits(page)
    page.get_by_label("Working days stuck on a lesson").fill("2")
    page.keyboard.press("Enter")  # saves, as the first button does
    expect(page.locator("#messages")).to_contain_text("The rules are saved.")
    expect(page.get_by_label("Behind schedule")).not_to_be_checked()
    page.goto(DASHBOARD)
    expect(page.locator(".need")).to_have_count(1)


def test_what_cannot_be_tried_says_why(door: Door, cast: Cast, allow: Callable[..., None]) -> None:
    allow(422)
    page = door.enter(cast.ben, f"{DASHBOARD}/rules")
    silent = page.get_by_label("Working days without a log")
    silent.evaluate("field => field.removeAttribute('min')")  # as in a browser that does not check
    silent.fill("0")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#flags")).to_contain_text("from 1 to 30")
    page.get_by_role("button", name="Save rules").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(silent).to_have_value("0")


def test_canvas_and_table_keep_the_same_filters(door: Door, cast: Cast, stage: Db) -> None:
    enrol(stage, cast.ai7, cast.cleo.id, Role.LEARNER, by=cast.dana.id, at=cast.at)
    page = door.enter(cast.ben, f"{DASHBOARD}?step=all&standing=silent")
    rows = page.locator("#learners tbody th")
    expect(first_of_matrix(page)).to_have_text("Cleo · 0 / 6")
    expect(rows).to_have_text(["Cleo"])
    page.get_by_label("Coach").select_option("Ben")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#matrix-cell")).to_have_text("No learner matches the filter.")
    page.get_by_role("link", name="Show everyone").first.click()
    page.get_by_label("Coach").select_option("Ben")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(rows).to_have_text(["Ada"])
    expect(first_of_matrix(page)).to_have_text("Ada · 0 / 3")
    page.get_by_label("Coach").select_option("no coach yet")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(rows).to_have_text(["Cleo"])


def test_dana_goes_from_all_cohorts_to_the_lessons_in_figures(door: Door, cast: Cast) -> None:
    page = door.enter(cast.dana, DASHBOARD)
    page.get_by_role("link", name="Cohorts side by side").click()
    row = page.get_by_role("row", name="AI 7기")
    expect(row.get_by_role("cell")).to_have_text(["1", "0", "1", "0", "1", "83%", "0%"])
    row.get_by_role("link", name="0%").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lessons in figures · AI 7기")
    expect(page.locator("#lessons")).to_contain_text("too few to say")
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("columnheader", name="Day")).to_be_visible()
    with page.expect_download() as download:
        page.locator("#lessons").get_by_role("link", name="Excel").click()
    assert download.value.suggested_filename == "ai-7-lessons.xlsx"
