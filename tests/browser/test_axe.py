"""axe finds nothing to complain of, on any page, in light and dark."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Door
from tests.browser.places import furnish, pages_of
from tests.browser.watching import Watch
from tests.cast import Cast
from tracker.clock import utc_now
from tracker.documents.schema import Db
from tracker.models import Role
from tracker.use_cases.joining import invite

AXE = Axe()
COHORT = "/cohorts/ai-7"
ALIKE = ("projects/2", "lessons/가상화와-클라우드", "dashboard?step=all")
TWINS = {f"{COHORT}/{path}" for path in ALIKE}
SEEN = {"ada": TWINS, "dana": {*TWINS, "/account", f"{COHORT}/", f"{COHORT}/projects/1"}}
"""Pages that look like others here, or as the first reader has seen them."""
SETTLED = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await Promise.all(document.getAnimations().map((one) => one.finished));
}"""


def complaints(page: Page) -> list[str]:
    """Return what axe finds on the page in light, then in dark."""
    found = []
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", colours)
        page.evaluate(SETTLED)
        for one in AXE.run(page).response["violations"]:
            nodes = [f"{node['target']}: {node['failureSummary']}" for node in one["nodes"]]
            found.append(f"{page.url} {colours}: {one['id']}: {' '.join(nodes[:3])}")
    return found


@pytest.mark.parametrize("name", ["ada", "dana"])
def test_axe_finds_nothing(door: Door, cast: Cast, stage: Db, name: str) -> None:
    posts = furnish(stage, cast)
    page = door.enter(getattr(cast, name))
    found = []
    for path in pages_of(cast, name, posts):
        if path not in SEEN[name]:
            page.goto(path)
            found += complaints(page)
    assert not found, "\n".join(found)


def test_axe_finds_nothing_on_the_way_in(door: Door, cast: Cast, stage: Db, watch: Watch) -> None:
    token = invite(
        stage, cast.ai7.id, Role.LEARNER, days=1, max_uses=1, by=cast.dana.id, at=utc_now()
    )
    page = door.open().new_page()
    watch.allowed = {404, 422}
    found = []
    for path in ("/login", f"/join/{token}", "/join/nothing", "/no/such/page"):
        page.goto(path)
        found += complaints(page)
    page.goto("/login")
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_focused()
    found += complaints(page)
    assert not found, "\n".join(found)
