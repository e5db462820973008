"""Ada brings in the post that she wrote about STEP 2, and her coach sees it on the dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Door
from tests.cast import PASSWORD, Cast
from tracker.clock import utc_now
from tracker.documents import cohorts
from tracker.documents.schema import Db
from tracker.models import Enrolment, Person, Role
from tracker.posts.parsing import parse_post
from tracker.use_cases.accounts import create_account
from tracker.use_cases.demo import Size, load_demo
from tracker.use_cases.joining import enrol

HERE = Path(__file__).resolve().parent
OURS = HERE.parent / "posts" / "web-step.md"
REAL = HERE.parents[2] / "shared" / "data" / "step-2-post.md"
LESSONS = ["IT 인프라", "웹 프로그래밍", "가상화와 클라우드", "SQL", "Django"]
PROJECT = "미니프로젝트 7차: 동네 가게 예약 사이트"
BRING_IN = "/posts/import?cohort=ai-demo"
PLACES = """(list) => [...list.querySelectorAll("select")].map(
  (one) => one.selectedOptions[0].textContent.trim())"""


@dataclass(frozen=True)
class Class:
    """Ada learns in the demo cohort, Ben is a coach there."""

    ada: Person
    ben: Person
    place: Enrolment


@pytest.fixture
def demo(stage: Db) -> Class:
    ada, ben = (account(stage, name) for name in ("Ada", "Ben"))
    return Class(ada, ben, join_demo(stage, ada, ben))


def account(db: Db, name: str) -> Person:
    email = f"{name.lower()}@example.com"
    return create_account(
        db, email=email, name=name, password=PASSWORD, language="en", at=utc_now()
    )


def join_demo(db: Db, ada: Person, ben: Person) -> Enrolment:
    """Load the demo cohort and let both join it; return Ada's place."""
    now = utc_now()
    cohort = cohorts.get_by_slug(db, load_demo(db, Size(learners=8), at=now).slug)
    since = now - timedelta(days=90)
    enrol(db, cohort, ben.id, Role.COACH, by=ben.id, at=since)
    return enrol(db, cohort, ada.id, Role.LEARNER, by=ben.id, at=since)


def bring_in_file(page: Page, file: Path) -> None:
    page.goto(BRING_IN)
    page.get_by_label("Markdown files").set_input_files(file)
    page.get_by_role("button", name="See where each part goes").click()


def bring_in_text(page: Page, text: str) -> None:
    page.goto(BRING_IN)
    page.get_by_label("Or paste a post").fill(text)
    page.get_by_role("button", name="See where each part goes").click()


def places(page: Page) -> list[str]:
    """Return where each part goes, in the words of the preview."""
    found: list[str] = page.locator("ol.preview-list").evaluate(PLACES)
    return found


def named(found: list[str], kind: str) -> list[str]:
    return [words.removeprefix(kind) for words in found if words.startswith(kind)]


def put(page: Page, heading: str, where: str) -> None:
    """Send the part with this heading elsewhere."""
    page.get_by_label(f"Where “{heading}” goes").select_option(where)


def confirm(page: Page) -> None:
    page.get_by_role("button", name="File the parts").click()
    expect(page.get_by_text("The post is filed.")).to_be_visible()


def undo(page: Page) -> None:
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("The import is undone.")).to_be_visible()


@pytest.mark.skipif(not REAL.exists(), reason="the real post is not beside this repository")
def test_the_real_post_goes_in_whole(door: Door, demo: Class) -> None:
    post = parse_post(REAL.read_text(encoding="utf-8"))
    opening = next(part.heading for part in post.parts if part.level == 1)
    page = door.enter(demo.ada)
    bring_in_file(page, REAL)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(post.title)
    expect(page.get_by_label("The post is about").locator("option:checked")).to_contain_text(
        "STEP 2"
    )
    found = places(page)
    assert list(dict.fromkeys(named(found, "Lesson: "))) == LESSONS
    assert sorted(named(found, "Comment on: ")) == sorted([*LESSONS, PROJECT])
    assert set(named(found, "Project: ")) == {PROJECT}
    assert found.count("Retrospective: what was good") == 1
    assert found.count("Retrospective: what was lacking") == 1
    assert "match 100%" in page.locator("ol.preview-list").inner_text()

    put(page, opening, "Retrospective: what to try next")
    confirm(page)
    filed = page.get_by_role("listitem").filter(has_text="Retrospective: what to try next")
    expect(filed).to_contain_text(opening)
    look_at_lesson_and_dashboard(page, door, demo)

    bring_in_file(page, REAL)
    expect(page.get_by_text("is in already; nothing was changed.")).to_be_visible()
    expect(page.get_by_role("button", name="File the parts")).to_have_count(0)
    undo(page)
    page.goto("/cohorts/ai-demo/lessons/sql")
    expect(page.locator(".imported")).to_have_count(0)


def look_at_lesson_and_dashboard(page: Page, door: Door, demo: Class) -> None:
    """See the filed post where Ada finds it, and as Ben does."""
    page.goto("/cohorts/ai-demo/lessons/sql")
    expect(page.get_by_role("region", name="From your post").locator("li").first).to_be_visible()
    expect(page.get_by_role("article").filter(has_text="from a post")).to_have_count(1)
    ben = door.enter(demo.ben, "/cohorts/ai-demo/dashboard?step=2")
    row = ben.get_by_role("row").filter(has=ben.get_by_role("link", name=demo.ada.name, exact=True))
    expect(row.locator(".state-done")).to_have_count(len(LESSONS))
    row.get_by_role("link", name="Done").first.click()
    ben.wait_for_url(f"**/learners/{demo.place.id}/lessons/**")
    expect(ben.get_by_role("region", name="From the post").locator("li").first).to_be_visible()


def test_a_pasted_post_is_looked_through_filed_and_taken_back(door: Door, demo: Class) -> None:
    page = door.enter(demo.ada)
    bring_in_text(page, OURS.read_text(encoding="utf-8"))
    found = places(page)
    assert {"IT 인프라", "웹 프로그래밍", "가상화와 클라우드"} <= set(named(found, "Lesson: "))
    assert PROJECT in named(found, "Project: ")
    assert "Retrospective: what to try next" in found
    put(page, "요가 수업", "Lesson: SQL")
    confirm(page)

    page.goto("/cohorts/ai-demo/lessons/sql")
    region = page.get_by_role("region", name="From your post")
    expect(region).to_contain_text("Stretching queries.")
    page.goto("/cohorts/ai-demo/steps/2/retrospective")
    expect(page.get_by_text("Small groups.")).to_be_visible()
    expect(page.get_by_text("More breaks.")).to_be_visible()

    page.goto("/posts/?cohort=ai-demo")
    page.get_by_role("link", name="week 9").click()
    undo(page)
    page.goto("/cohorts/ai-demo/lessons/sql")
    expect(region).to_have_count(0)


def test_a_draft_can_be_thrown_away(door: Door, demo: Class) -> None:
    page = door.enter(demo.ada)
    bring_in_file(page, OURS)
    page.get_by_role("button", name="Discard this draft").click()
    expect(page.get_by_text("The draft is gone; nothing was filed.")).to_be_visible()
    expect(page.get_by_role("link", name="week 9")).to_have_count(0)


def test_a_pasted_text_outlives_a_closed_tab(door: Door, demo: Class) -> None:
    page = door.enter(demo.ada, BRING_IN)
    page.get_by_label("Or paste a post").fill("# STEP 2\n\n## SQL\n\nJoins.")
    expect(page.get_by_text("kept in this browser")).to_be_visible()
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(BRING_IN)
    expect(page.get_by_label("Or paste a post")).to_have_value("# STEP 2\n\n## SQL\n\nJoins.")


def test_ada_of_two_cohorts_brings_a_post_into_the_one_she_chose(
    door: Door, cast: Cast, stage: Db
) -> None:
    join_demo(stage, cast.ada, cast.ben)
    for slug in ("ai-7", "ai-demo"):
        page = door.enter(cast.ada, f"/posts/import?cohort={slug}")
        page.get_by_label("Or paste a post").fill(f"# STEP 2\n\n## SQL\n\nJoins in {slug}.")
        page.get_by_role("button", name="See where each part goes").click()
        expect(page.get_by_label("Where “SQL” goes")).to_be_visible()
        confirm(page)
        page.goto(f"/cohorts/{slug}/lessons/sql")
        expect(page.get_by_role("region", name="From your post")).to_contain_text(slug)
        page.get_by_role("region", name="From your post").get_by_role("link").click()
        undo(page)
