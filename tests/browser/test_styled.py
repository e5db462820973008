"""What style sheets alone do: a name of one long word, a box that is not about the set-up."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Door
from tests.cast import Cast
from tracker.documents import people
from tracker.documents.schema import Db
from tracker.models import Role
from tracker.use_cases.joining import enrol

COHORT = "/cohorts/ai-7"
LONG = "Wolfeschlegelsteinhausenberger" * 3 + "dorffdorff"


def every_column_is_in_view(page: Page) -> bool:
    fits = "each => each.scrollWidth <= each.clientWidth"
    return bool(page.locator(".table-scroll").evaluate(fits))


def test_a_long_name_pushes_no_column_out_of_view(
    door: Door, cast: Cast, stage: Db, tmp_path: Path
) -> None:
    person = people.add(stage, email="w@example.org", name=LONG, password_hash="", at=cast.at)
    enrol(stage, cast.ai7, person.id, Role.LEARNER, by=cast.dana.id, at=cast.at)
    page = door.enter(cast.dana, f"{COHORT}/people")
    expect(page.get_by_role("link", name=LONG)).to_be_visible()
    assert every_column_is_in_view(page)
    file = tmp_path / "people.csv"
    file.write_text(f"name,email\n{LONG},x@example.org\n", encoding="utf-8")
    page.goto(f"{COHORT}/people/imports")
    page.get_by_label("File (CSV or xlsx)").set_input_files(file)
    page.get_by_role("button", name="See what each line means").click()
    expect(page.get_by_role("cell", name=LONG)).to_be_visible()
    assert every_column_is_in_view(page)


def test_the_set_up_has_no_log_that_is_set_to_stuck(door: Door, cast: Cast) -> None:
    page = door.enter(cast.ada, f"{COHORT}/help/ask?lesson=sql")
    box = page.get_by_label("Set my log of this lesson to stuck")
    expect(box).to_be_visible()
    page.get_by_label("What are you stuck on?").select_option("My set-up")
    expect(box).to_be_hidden()
    page.get_by_label("What are you stuck on?").select_option("SQL")
    expect(box).to_be_visible()
