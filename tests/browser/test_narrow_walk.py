"""Everyone walks through every page with a telephone: nothing is wider than the screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Door
from tests.browser.places import furnish, pages_of
from tests.browser.watching import Watch, assert_fits
from tests.cast import Cast
from tracker.documents.schema import Db
from tracker.use_cases.accounts import change_look


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("ko", "light")])
@pytest.mark.parametrize("name", ["ada", "ben", "dana"])
def test_nothing_is_wider_than_a_telephone(
    door: Door, cast: Cast, stage: Db, name: str, language: str, theme: str
) -> None:
    posts = furnish(stage, cast)
    person = getattr(cast, name)
    change_look(stage, person.id, language=language, theme=theme)
    page = door.enter(person, narrow=True)
    for path in pages_of(cast, name, posts):
        page.goto(path)
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_be_visible()
        title = page.title()
        assert title.startswith(" ".join(heading.inner_text().split())[:20]), title
        assert_fits(page)


def test_cleo_of_another_cohort_finds_none_of_it(
    door: Door, cast: Cast, stage: Db, watch: Watch
) -> None:
    posts = furnish(stage, cast)
    page = door.enter(cast.cleo, narrow=True)
    watch.allowed = {403, 404}
    for path in pages_of(cast, "cleo", posts):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 404, path
        expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
        assert "Ada" not in page.content()
        assert_fits(page)


def test_a_stranger_is_asked_to_sign_in_everywhere(door: Door, cast: Cast, stage: Db) -> None:
    posts = furnish(stage, cast)
    page = door.open(narrow=True).new_page()
    for path in pages_of(cast, "dana", posts)[:6]:
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        assert_fits(page)
