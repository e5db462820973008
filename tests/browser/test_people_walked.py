"""Dana looks after her cohort, on a desk and on a telephone; Ada and Ben see what came of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Door
from tests.browser.watching import assert_fits
from tests.cast import Cast
from tracker.documents import enrolments, people
from tracker.documents.schema import Db
from tracker.models import LogState, Role, Status
from tracker.use_cases.checking import check
from tracker.use_cases.joining import enrol

COHORT = "/cohorts/ai-7"
FILE = """이름,이메일,역할,코치
Eve,eve@example.org,수강생,ben@example.com
Finn,finn@example.org,코치,
"""
either_width = pytest.mark.parametrize("narrow", [False, True])


@either_width
def test_dana_brings_in_a_file_hands_out_links_and_eve_comes(
    door: Door, cast: Cast, stage: Db, tmp_path: Path, narrow: bool
) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(FILE.encode("cp949"))
    page = door.enter(cast.dana, f"{COHORT}/", narrow=narrow)
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_role("link", name="People from a file").click()
    page.get_by_label("File (CSV or xlsx)").set_input_files(file)
    page.get_by_role("button", name="See what each line means").click()
    expect(page.get_by_text("2 lines: new account and place")).to_be_visible()
    assert_fits(page)
    page.get_by_role("button", name="Enrol them").click()
    expect(page.get_by_text("Everybody has their place.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the links, once").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[1].startswith("Eve,eve@example.org,http")
    eve = door.open(narrow=narrow).new_page()
    eve.goto(lines[1].rpartition(",")[2])
    eve.get_by_label("New password", exact=True).fill("battery staple")
    eve.get_by_label("New password again").fill("battery staple")
    eve.locator("main form button").click()
    expect(eve.locator("main h1")).to_be_visible()
    person = people.get_by_email(stage, "eve@example.org")
    place = enrolments.find_for(stage, cast.ai7.id, person.id)
    assert place is not None
    assert (place.status, place.coach_id) == (Status.ACTIVE, cast.ben_place.id)
    page.reload()
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("The import is undone.")).to_be_visible()
    assert check(stage) == []


@either_width
def test_dana_chooses_several_and_gives_them_a_coach_and_a_status(
    door: Door, cast: Cast, stage: Db, allow: Callable[..., None], narrow: bool
) -> None:
    allow(422)
    eve = people.add(stage, email="e@example.org", name="Eve", password_hash="", at=cast.at)
    eve_place = enrol(stage, cast.ai7, eve.id, Role.LEARNER, by=cast.dana.id, at=cast.at)
    page = door.enter(cast.dana, f"{COHORT}/people", narrow=narrow)
    for name in ("Ada", "Eve"):
        page.get_by_role("checkbox", name=name, exact=True).press("Space")
    page.locator("#coach").select_option("Ben")
    page.get_by_role("button", name="Assign coach").click()
    expect(page.get_by_text("2 learners have a new coach.")).to_be_visible()
    page.get_by_role("checkbox", name="Eve", exact=True).check()
    page.locator("#status").select_option("Paused")
    page.get_by_role("button", name="Set status").click()
    expect(page.get_by_role("alert")).to_contain_text("Say in a few words why")
    expect(page.get_by_role("checkbox", name="Eve", exact=True)).to_be_checked()
    page.locator("#reason").fill("Flood")
    page.get_by_role("button", name="Set status").click()
    expect(page.get_by_text("1 status is set.")).to_be_visible()
    assert_fits(page)
    assert enrolments.get(stage, eve_place.id).status is Status.PAUSED
    assert check(stage) == []


@either_width
def test_ben_sets_a_lesson_done_and_ada_reads_why(
    door: Door, cast: Cast, stage: Db, narrow: bool
) -> None:
    cast.ada_logs(stage, "sql", LogState.STUCK, line="1045")
    page = door.enter(cast.ben, f"{COHORT}/learners/{cast.ada_place.id}/lessons/sql", narrow=narrow)
    page.get_by_label("Reason").fill("Shown live")
    page.get_by_role("button", name="Set done", exact=True).click()
    expect(page.get_by_text("Done, set by Ben: Shown live")).to_be_visible()
    assert_fits(page)
    ada = door.enter(cast.ada, f"{COHORT}/", narrow=narrow)
    expect(ada.get_by_text("Done, set by Ben: Shown live")).to_be_visible()
    assert_fits(ada)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("what Ada logged counts again")).to_be_visible()


@either_width
def test_ben_notes_something_and_looks_as_ada(
    door: Door, cast: Cast, stage: Db, narrow: bool
) -> None:
    page = door.enter(cast.ben, f"{COHORT}/learners/{cast.ada_place.id}", narrow=narrow)
    page.get_by_role("textbox", name="Note for staff").fill("Works best in pairs")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".kept-text")).to_have_text("Works best in pairs")
    page.get_by_role("button", name="See Today as the learner does").click()
    expect(page.get_by_text("You see this as Ada does.")).to_be_visible()
    expect(page.locator(".line-form input[name=line]").first).to_be_disabled()
    assert_fits(page)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("h1")).to_have_text("Ada")
    assert_told(door.enter(cast.dana, f"{COHORT}/activity", narrow=narrow))


def assert_told(page: Page) -> None:
    for words in ("wrote a note of staff", "looked at pages as a learner"):
        expect(page.get_by_role("cell", name=words)).to_be_visible()
