"""An open dashboard stays current: what changes shows within 3 s, without a reload."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Door
from tests.cast import Cast
from tracker.documents.schema import Db
from tracker.models import LogState

DASHBOARD = "/cohorts/ai-7/dashboard?step=all"
SOON = 10_000  # ms: 3 s on a machine with nothing else to do


def test_ben_sees_that_ada_is_stuck_without_a_reload(door: Door, cast: Cast, stage: Db) -> None:
    page = door.enter(cast.ben, DASHBOARD)
    page.evaluate("window.stays = true")
    stuck = page.locator("#counts li").nth(2)
    expect(stuck).to_contain_text("0 stuck")
    expect(page.locator(".matrix-space")).to_be_visible()  # then it listens to keys
    page.locator("#matrix").focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#matrix-cell")).to_have_text("Ada · SQL · Not started")
    cast.ada_logs(stage, "sql", LogState.STUCK)
    expect(stuck).to_contain_text("1 stuck", timeout=SOON)
    expect(page.locator("#learners")).to_contain_text("stuck")
    expect(page.locator("#matrix-cell")).to_have_text("Ada · SQL · Stuck")
    assert page.evaluate("window.stays"), "the page was loaded anew"


def test_a_part_in_which_ben_is_at_work_is_left_alone(door: Door, cast: Cast, stage: Db) -> None:
    page = door.enter(cast.ben, DASHBOARD)
    ada = page.locator("#learners tbody a").first
    ada.focus()
    cast.ada_logs(stage, "sql", LogState.STUCK)
    expect(page.locator("#counts li").nth(2)).to_contain_text("1 stuck", timeout=SOON)
    expect(ada).to_be_focused()
    expect(page.locator("#learners td.standing")).to_have_text("silent")
    ada.blur()
    expect(page.locator("#learners td.standing")).to_have_text("stuck", timeout=SOON)


def test_an_unchanged_page_is_not_fetched_again(door: Door, cast: Cast) -> None:
    page = door.enter(cast.ben, DASHBOARD)
    with page.expect_response("**/dashboard/version"):
        pass
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for _ in range(2):
        with page.expect_response("**/dashboard/version"):
            pass
    assert len(asked) == 2
    assert all(address.endswith("/dashboard/version") for address in asked)
