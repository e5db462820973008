"""The matrix on the dashboard: painted on a canvas, read with keys, opened with a click."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Door
from tests.cast import Cast

SLOWEST = 3000  # ms from the start of the page to the painted matrix; 450 on two busy cores
PAINTED = "() => performance.getEntriesByName('didim-matrix').length > 0"
COLOURS_AT = """([lefts, top]) => new Promise((done) => {
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const canvas = document.querySelector("#matrix");
    const { width, height } = canvas;
    const copy = Object.assign(document.createElement("canvas"), { width, height });
    const pen = copy.getContext("2d", { willReadFrequently: true });
    pen.drawImage(canvas, 0, 0);
    done(lefts.map((left) => [...pen.getImageData(left, top, 1, 1).data].join()));
  }));
})"""
CELL, WIDEST = 24, 44  # px: the height of a row where there is a mouse, the widest column


def figures(rows: list[tuple[str, str]], columns: int) -> dict[str, Any]:
    """Return a matrix.json of these names and marks, all lessons in STEP 1 and 2."""
    lessons = [
        {"slug": f"lesson-{number}", "title": f"Lesson {number}", "step": 1 + 2 * number // columns}
        for number in range(columns)
    ]
    learners = [
        {"id": f"id-{number}", "name": name, "marks": marks}
        for number, (name, marks) in enumerate(rows)
    ]
    return {"lessons": lessons, "learners": learners, "version": 1}


def show(door: Door, cast: Cast, answer: dict[str, Any], **options: Any) -> Page:
    """Return Ben's dashboard, whose matrix.json is this answer."""

    def reply(route: Route) -> None:
        route.fulfill(body=json.dumps(answer), content_type="application/json")

    page = door.enter(cast.ben, **options)
    page.route("**/matrix.json", reply)
    page.goto("/cohorts/ai-7/dashboard?step=all")
    expect(page.locator(".matrix-space")).to_be_visible()
    return page


def spoken(page: Page) -> str:
    return page.locator("#matrix-cell").inner_text()


def test_ben_reads_the_matrix_with_keys_and_opens_a_log(door: Door, cast: Cast) -> None:
    page = door.enter(cast.ben, "/cohorts/ai-7/dashboard?step=all")
    matrix = page.locator("#matrix")
    expect(page.locator(".matrix-space")).to_be_visible()
    matrix.focus()
    page.keyboard.press("ArrowRight")
    assert spoken(page).startswith("Ada"), spoken(page)
    assert "Python" in spoken(page)
    page.keyboard.press("End")
    assert "가상화와 클라우드" in spoken(page)
    page.keyboard.press("ArrowRight")
    assert "가상화와 클라우드" in spoken(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/learners/**")
    assert unquote(page.url).endswith(f"/learners/{cast.ada_place.id}/lessons/가상화와-클라우드")


def test_the_stuck_come_first_when_ben_wants_it(door: Door, cast: Cast) -> None:
    page = show(door, cast, figures([("Abe", "+-.."), ("Bea", "!!.."), ("Cid", "++!.")], 4))
    page.locator("#matrix").focus()
    page.keyboard.press("ArrowDown")
    assert spoken(page) == "Bea · 0 / 4"
    page.get_by_label("Sort by").select_option("stuck")
    page.locator("#matrix").focus()
    names = []
    for _ in range(3):
        page.keyboard.press("Home")
        names.append(spoken(page).split(" ·")[0])
        page.keyboard.press("ArrowDown")
    assert names == ["Bea", "Cid", "Abe"]


def test_each_state_is_painted_and_follows_the_theme(door: Door, cast: Cast) -> None:
    page = show(door, cast, figures([("Abe", "+-!.")], 4), color_scheme="light")
    box = page.locator("#matrix").bounding_box()
    assert box is not None
    row = box["height"] - CELL  # the upper edge of the only row: beside the shapes
    edges = [box["width"] - (4 - column) * WIDEST + 8 for column in range(4)]
    light = page.evaluate(COLOURS_AT, [edges, row])
    assert len(set(light)) == 4, light
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    dark = page.evaluate(COLOURS_AT, [edges, row])
    assert len(set(dark)) == 4, dark
    assert not set(light) & set(dark)


def test_a_filter_that_leaves_nobody_says_so(door: Door, cast: Cast) -> None:
    page = door.enter(cast.ben, "/cohorts/ai-7/dashboard?step=all&state=stuck")
    expect(page.locator("#matrix-cell")).to_have_text("No learner matches the filter.")
    expect(page.locator(".matrix-wrap")).to_be_hidden()


def test_a_thousand_learners_and_200_lessons_are_painted_at_once(door: Door, cast: Cast) -> None:
    marks = "+++-!.++-+" * 20
    page = show(door, cast, figures([(f"학습자 {n}", marks) for n in range(1000)], 200))
    assert page.evaluate(PAINTED)
    took = page.evaluate("() => performance.getEntriesByName('didim-matrix')[0].duration")
    assert took < SLOWEST, f"{took:.0f} ms"
    drawn = page.locator("#matrix").bounding_box()
    assert drawn is not None
    assert drawn["height"] < 1000, "only what is in view is painted"
    page.locator("#matrix").focus()
    page.keyboard.press("Control+End")
    assert spoken(page).startswith("학습자 999 · Lesson 199")
