"""Ada is stuck, Ben answers once, and the queue for live help moves on by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Door
from tests.browser.watching import assert_fits
from tests.cast import Cast
from tests.helping import SAME, asks, learner, stands_in_queue
from tracker.documents.schema import Db
from tracker.models import Verdict
from tracker.use_cases.answering_help import answer_problem
from tracker.use_cases.asking_for_help import judge_answer

HELP = "/cohorts/ai-7/help"
POLLED = 15_000  # milliseconds: the queue asks every 10 s


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_ada_asks_ben_answers_and_it_helps(door: Door, cast: Cast, stage: Db, narrow: bool) -> None:
    ada = door.enter(cast.ada, "/cohorts/ai-7/lessons/sql", narrow=narrow)
    ada.get_by_role("link", name="I'm stuck: ask for help").click()
    expect(ada.get_by_label("What are you stuck on?")).to_have_value("sql")
    ada.get_by_label("The error text").fill(SAME)
    ada.get_by_role("button", name="Ask for help").click()
    expect(ada.get_by_text("Sent. Your coaches see it now")).to_be_visible()
    request = ada.get_by_role("article")
    expect(request).to_contain_text("waiting for a coach")
    assert_fits(ada)

    ben = door.enter(cast.ben, HELP, narrow=narrow)
    ben.get_by_role("link", name="bind()").click()
    ben.get_by_role("button", name="Take it").click()
    expect(ben.get_by_text("owner: Ben")).to_be_visible()
    ben.get_by_label("Your answer").fill("Stop `apache2` first.")
    ben.get_by_role("button", name="Answer all of them").click()
    expect(ben.get_by_text("The answer reaches everyone")).to_be_visible()
    assert_fits(ben)

    ada.goto("/")
    ada.get_by_role("link", name="There is an answer").click()
    expect(request.get_by_role("code")).to_have_text("apache2")
    ada.get_by_role("button", name="Solved for me").click()
    expect(request).to_contain_text("solved for you")
    assert_fits(ada)


def test_what_helped_others_shows_up_while_ada_types(door: Door, cast: Cast, stage: Db) -> None:
    person, place = learner(stage, cast, "Eve")
    request, problem = asks(stage, cast, by=(person, place))
    answer_problem(
        stage,
        cast.reader("ben"),
        problem.id,
        title="nginx: the port is taken",
        text="Stop the other one.",
        number=0,
        at=cast.at,
    )
    judge_answer(stage, place, request, Verdict.SOLVED, number=1, at=cast.at)
    page = door.enter(cast.ada, f"{HELP}/ask")
    page.get_by_label("The error text").press_sequentially("bind() to 0.0.0.0:80 failed (98: Addr")
    found = page.get_by_role("region", name="This has helped others")
    found.get_by_text("nginx: the port is taken").click()
    expect(found.get_by_text("Stop the other one.")).to_be_visible()
    page.get_by_label("The error text").fill("")
    expect(found).to_have_count(0)


def test_help_is_asked_for_without_javascript(
    door: Door, cast: Cast, stage: Db, allow: Callable[..., None]
) -> None:
    allow(422)
    page = door.enter(cast.ada, f"{HELP}/ask", java_script_enabled=False)
    page.get_by_role("button", name="Ask for help").click()
    expect(page.get_by_role("alert")).to_contain_text("Write what you tried")
    page.get_by_label("What I tried").fill("Everything.")
    page.get_by_role("button", name="Ask for help").click()
    expect(page.get_by_role("article")).to_contain_text("Everything.")


def test_the_queue_moves_on_by_itself(door: Door, cast: Cast, stage: Db) -> None:
    stands_in_queue(stage, cast, learner(stage, cast, "Eve"))
    ada = door.enter(cast.ada, f"{HELP}/queue", narrow=True)
    ada.get_by_label("What is it about?").fill("joins")
    ada.keyboard.press("Enter")
    expect(ada.get_by_text("You are number 2 in the queue.")).to_be_visible()
    assert_fits(ada)
    ben = door.enter(cast.ben, f"{HELP}/queue")
    ben.get_by_role("button", name="Take Eve").press("Enter")
    expect(ben.get_by_text("with Ben")).to_be_visible()
    expect(ada.get_by_text("You are first in the queue.")).to_be_visible(timeout=POLLED)
    ada.get_by_role("button", name="I am away for a while").click()
    expect(ada.get_by_text("your place is kept")).to_be_visible()
    expect(ben.get_by_text("away, keeps the place")).to_be_visible(timeout=POLLED)


def test_ben_splits_and_merges_by_keyboard(door: Door, cast: Cast, stage: Db) -> None:
    asks(stage, cast)
    _request, problem = asks(stage, cast, SAME, by=learner(stage, cast, "Eve"))
    page = door.enter(cast.ben, f"{HELP}/problems/{problem.id}")
    page.get_by_label("Split off the request of Eve").press("Space")
    page.get_by_label("Title of the new problem").fill("On port 8080")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("On port 8080")
    page.get_by_role("button", name="Merge").press("Enter")
    expect(page.get_by_text("The two problems are one now.")).to_be_visible()
    expect(page.get_by_text("2 learners")).to_be_visible()
