"""What Ada types is not lost: by a reload, an ended session, a second tab or a dead network."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Door
from tests.browser.watching import Watch
from tests.cast import PASSWORD, Cast
from tracker.documents import lesson_logs, log_revisions
from tracker.documents.schema import Db
from tracker.models import LogState

SQL = "/cohorts/ai-7/lessons/sql"
LONG = "\n\n".join(f"{number}. A join pairs rows; 조인은 행을 잇는다." for number in range(200))


def note_of(page: Page) -> Locator:
    return page.get_by_label("Note", exact=True)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save log").click()


def type_and_see_it_kept(page: Page, text: str) -> None:
    note_of(page).fill(text)
    expect(page.get_by_text("kept in this browser")).to_be_visible()


def test_a_long_note_survives_a_reload_and_a_closed_tab(door: Door, cast: Cast) -> None:
    page = door.enter(cast.ada, SQL)
    note_of(page).fill(LONG)
    page.reload()
    expect(note_of(page)).to_have_value(LONG)
    context = page.context
    page.close()

    page = context.new_page()
    page.goto(SQL)
    expect(note_of(page)).to_have_value(LONG)
    save(page)
    expect(page.get_by_text("Log saved.")).to_be_visible()
    page.goto(SQL)
    expect(note_of(page)).to_have_value(LONG)
    assert page.evaluate("() => Object.keys(localStorage)") == []


def test_an_unsaved_text_is_its_writers_alone(door: Door, cast: Cast) -> None:
    page = door.enter(cast.ada, SQL)
    type_and_see_it_kept(page, "not for Ben's eyes")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    sign_in_by_form(page, cast.ben.email)
    page.goto(SQL)
    expect(page.get_by_label("Write a comment")).to_have_value("")
    assert "Ben's eyes" not in page.content()


def test_a_session_that_ends_while_typing_loses_nothing(door: Door, cast: Cast) -> None:
    page = door.enter(cast.ada, SQL)
    note_of(page).fill(LONG)
    page.context.clear_cookies()
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    sign_in_by_form(page, cast.ada.email)
    expect(page.get_by_role("heading", level=1)).to_have_text("SQL")
    expect(note_of(page)).to_have_value(LONG)
    save(page)
    expect(page.get_by_text("Log saved.")).to_be_visible()
    expect(note_of(page)).to_have_value(LONG)


def test_a_line_on_today_survives_the_end_of_the_session(
    door: Door, cast: Cast, watch: Watch
) -> None:
    page = door.enter(cast.ada)
    line = page.get_by_label("One line on SQL", exact=True)
    line.fill("joins, at last")
    page.context.clear_cookies()
    watch.allowed = {401}
    line.press("Enter")
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    expect(line).to_have_value("joins, at last")
    page.reload()
    sign_in_by_form(page, cast.ada.email)
    expect(line).to_have_value("joins, at last")
    line.press("Enter")
    row = page.get_by_role("listitem").filter(has=line)
    expect(row.get_by_role("status")).to_contain_text("saved")


def test_two_tabs_do_not_overwrite_each_other(
    door: Door, cast: Cast, stage: Db, watch: Watch
) -> None:
    first = door.enter(cast.ada, SQL)
    second = first.context.new_page()
    second.goto(SQL)
    first.get_by_label("One line", exact=True).fill("from the first tab")
    save(first)
    expect(first.get_by_text("Log saved.")).to_be_visible()

    watch.allowed = {409}
    second.get_by_label("One line", exact=True).fill("from the second tab")
    save(second)
    alert = second.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("from the first tab")
    expect(second.get_by_label("One line", exact=True)).to_have_value("from the second tab")

    save(second)
    expect(second.get_by_text("Log saved.")).to_be_visible()
    log = lesson_logs.find_for(stage, cast.ada_place.id, cast.lessons["sql"].id)
    assert log is not None
    assert log.entry.line == "from the second tab"
    (former,) = log_revisions.list_for(stage, log.id)
    assert former.entry.line == "from the first tab"


def test_a_text_kept_from_an_older_revision_is_offered_not_forced(
    door: Door, cast: Cast, stage: Db
) -> None:
    page = door.enter(cast.ada, SQL)
    type_and_see_it_kept(page, "typed before")
    cast.ada_logs(stage, "sql", LogState.DONE, note="saved on the phone")
    page.reload()
    expect(note_of(page)).to_have_value("saved on the phone")
    page.get_by_role("button", name="Put it back").click()
    expect(note_of(page)).to_have_value("typed before")


def test_without_a_network_the_text_stays_and_the_page_says_so(
    door: Door, cast: Cast, watch: Watch
) -> None:
    page = door.enter(cast.ada, SQL)
    watch.offline = True
    page.context.set_offline(True)
    note_of(page).fill("typed in the underground")
    save(page)
    expect(page.get_by_text("The tracker does not answer just now.")).to_be_visible()
    expect(note_of(page)).to_have_value("typed in the underground")
    page.context.set_offline(False)
    save(page)
    expect(page.get_by_text("Log saved.")).to_be_visible()
    expect(note_of(page)).to_have_value("typed in the underground")


def test_a_line_on_today_waits_for_the_network(door: Door, cast: Cast, watch: Watch) -> None:
    page = door.enter(cast.ada)
    watch.offline = True
    page.context.set_offline(True)
    line = page.get_by_label("One line on SQL", exact=True)
    line.fill("typed in the underground")
    line.press("Enter")
    expect(page.get_by_text("The tracker does not answer just now.")).to_be_visible()
    expect(line).to_have_value("typed in the underground")
    page.context.set_offline(False)
    line.press("Enter")
    row = page.get_by_role("listitem").filter(has=line)
    expect(row.get_by_role("status")).to_contain_text("saved")
    expect(page.get_by_text("The tracker does not answer just now.")).to_be_hidden()


def sign_in_by_form(page: Page, email: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
