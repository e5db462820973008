"""Comments: written, changed, taken back; and each seen by those it is for, by no one else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Door
from tests.cast import PASSWORD, Cast
from tracker.clock import utc_now
from tracker.documents import people
from tracker.documents.schema import Db
from tracker.models import LogState, Person, Role
from tracker.use_cases.accounts import create_account
from tracker.use_cases.joining import enrol

SQL = "/cohorts/ai-7/lessons/sql"


@pytest.fixture
def finn(stage: Db, cast: Cast) -> Person:
    """Finn learns beside Ada, in the same cohort."""
    finn = create_account(
        stage,
        email="finn@example.com",
        name="Finn",
        password=PASSWORD,
        language="en",
        at=utc_now(),
    )
    enrol(stage, cast.ai7, finn.id, Role.LEARNER, by=cast.dana.id, at=cast.at)
    return people.find(stage, finn.id) or finn


def comment(page: Page, text: str, who: str = "Everyone in the cohort") -> None:
    page.get_by_label("Write a comment").fill(text)
    page.get_by_label("Who can read it").select_option(who)
    page.get_by_role("button", name="Add comment").click()
    expect(page.get_by_text("Comment added.")).to_be_visible()
    expect(page.get_by_role("article").filter(has_text=text)).to_be_visible()


def test_ada_changes_a_comment_deletes_it_and_thinks_again(door: Door, cast: Cast) -> None:
    page = door.enter(cast.ada, SQL)
    comment(page, "Is a view a table?")
    article = page.get_by_role("article")
    article.get_by_role("link", name="Edit").click()
    page.get_by_label("Comment", exact=True).fill("Is a view *stored*?")
    page.get_by_role("button", name="Save comment").click()
    expect(article).to_contain_text("Is a view stored?")
    expect(article.get_by_role("emphasis")).to_have_text("stored")
    expect(article).to_contain_text("edited")

    article.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Comment deleted.")).to_be_visible()
    expect(article).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(article).to_contain_text("Is a view stored?")


def test_ben_answers_and_ada_finds_it_on_today(door: Door, cast: Cast) -> None:
    ada = door.enter(cast.ada, SQL)
    comment(ada, "nginx says 502")
    ben = door.enter(cast.ben, SQL)
    ben.get_by_role("article").get_by_role("link", name="Answer").click()
    ben.get_by_label("Comment", exact=True).fill("Does gunicorn run?")
    ben.get_by_role("button", name="Add answer").click()
    expect(ben.get_by_role("article").filter(has_text="Does gunicorn run?").first).to_be_visible()

    ada.goto("/")
    ada.get_by_role("link", name="Ben answered").click()
    expect(ada.get_by_role("heading", level=1)).to_have_text("SQL")
    answer = ada.get_by_role("article").filter(has_text="Does gunicorn run?").last
    expect(answer).to_be_in_viewport()
    expect(answer).to_contain_text("Staff")


def test_a_comment_is_seen_by_those_it_is_for(door: Door, cast: Cast, finn: Person) -> None:
    page = door.enter(cast.ada, SQL)
    for who in ("Only me", "Coaches and managers", "Everyone in the cohort"):
        comment(page, f"for: {who}", who)
    staff = {"for: Coaches and managers", "for: Everyone in the cohort"}
    for person, readable in {
        cast.ben: staff,
        cast.dana: staff,
        finn: {"for: Everyone in the cohort"},
    }.items():
        page = door.enter(person, SQL)
        expect(page.get_by_role("article")).to_have_count(len(readable))
        read = page.get_by_role("article").locator(".comment-body").all_inner_texts()
        assert set(read) == readable, person.name
        assert "for: Only me" not in page.content()


def test_finn_cannot_see_adas_log_or_who_is_stuck(
    door: Door, cast: Cast, stage: Db, finn: Person, allow: Callable[[int], None]
) -> None:
    cast.ada_logs(stage, "sql", LogState.STUCK, line="ERROR 1045: access denied")
    page = door.enter(finn, "/cohorts/ai-7/dashboard")
    assert "Ada" not in page.content()
    matrix = page.context.request.get("/cohorts/ai-7/dashboard/matrix.json").json()
    assert [learner["name"] for learner in matrix["learners"]] == ["Finn"]
    allow(404)
    page.goto(f"/cohorts/ai-7/learners/{cast.ada_place.id}")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
