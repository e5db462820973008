"""Ada reads the tracker in her language and colours, on this machine and on the next one."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Door
from tests.cast import PASSWORD, Cast
from tracker.documents.schema import Db
from tracker.use_cases.accounts import change_look

LAMP = "() => getComputedStyle(document.body).backgroundColor"


def assert_look(page: Page, language: str, colours: str) -> None:
    html = page.locator("html")
    expect(html).to_have_attribute("lang", language)
    expect(html).to_have_attribute("data-bs-theme", colours)


def sign_in_by_form(page: Page, email: str) -> None:
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").click()
    expect(page.locator("main h1")).to_be_visible()
    expect(page.locator("[name=password]")).to_have_count(0)


def test_ada_turns_the_light_off_and_it_stays_off(door: Door, cast: Cast) -> None:
    page = door.enter(cast.ada, "/cohorts/ai-7/lessons/sql", color_scheme="light")
    assert_look(page, "en", "light")
    light = page.evaluate(LAMP)
    page.get_by_role("button", name="Dark").click()
    assert_look(page, "en", "dark")
    expect(page.get_by_role("heading", level=1)).to_have_text("SQL")
    assert page.evaluate(LAMP) != light
    page.reload()
    assert_look(page, "en", "dark")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert_look(page, "en", "dark")

    elsewhere = door.open(color_scheme="light").new_page()
    elsewhere.goto("/login")
    assert_look(elsewhere, "en", "light")
    sign_in_by_form(elsewhere, cast.ada.email)
    assert_look(elsewhere, "en", "dark")


def test_ada_switches_to_korean_and_finds_it_at_her_next_sign_in(door: Door, cast: Cast) -> None:
    page = door.enter(cast.ada, "/cohorts/ai-7/lessons/sql")
    page.get_by_role("button", name="한국어").click()
    assert_look(page, "ko", "light")
    expect(
        page.get_by_role("button", name="로그 저장")
        .or_(page.get_by_role("button", name="저장"))
        .first
    ).to_be_visible()
    page.reload()
    assert_look(page, "ko", "light")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Save log")).to_be_visible()
    page.get_by_role("button", name="한국어").click()
    assert_look(page, "ko", "light")

    elsewhere = door.open().new_page()
    elsewhere.goto("/login")
    assert_look(elsewhere, "en", "light")
    sign_in_by_form(elsewhere, cast.ada.email)
    assert_look(elsewhere, "ko", "light")


def test_as_the_system_follows_the_system(door: Door, cast: Cast) -> None:
    page = door.enter(cast.ada, color_scheme="dark")
    assert_look(page, "en", "dark")
    page.emulate_media(color_scheme="light")
    assert_look(page, "en", "light")


def test_a_stranger_chooses_before_signing_in(door: Door, cast: Cast) -> None:
    page = door.open(locale="ko-KR").new_page()
    page.goto("/login")
    assert_look(page, "ko", "light")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert_look(page, "en", "light")
    page.reload()
    assert_look(page, "en", "light")


def test_korean_dates_and_words_stand_on_today(door: Door, cast: Cast, stage: Db) -> None:
    change_look(stage, cast.ada.id, language="ko", theme="auto")
    page = door.enter(cast.ada)
    expect(page.locator(".page-head")).to_contain_text(
        re.compile(r"\d월 \d+일 \([월화수목금토일]\)")
    )
    words = page.locator("main h2").all_inner_texts()
    assert all(any("가" <= letter <= "힣" for letter in text) for text in words), words
