"""Ada logs her six lessons without touching the mouse."""

from __future__ import annotations

from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import Door
from tests.cast import LESSONS, PASSWORD, Cast

TITLES = [title for _step, _key, _slug, title, _first, _last in LESSONS]


def tab_to(page: Page, label: str) -> None:
    """Press Tab until the field of this name has the focus."""
    field = page.get_by_label(label, exact=True)
    for _ in range(60):
        if field.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {label!r}")


def press_composing_enter(keys: CDPSession, *, code: int) -> None:
    """Press Enter as an input method does (229), or as a person who has finished the word (13)."""
    stroke = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": code}
    keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": "\r", **stroke})
    keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **stroke})


def test_ada_signs_in_and_logs_six_lessons_by_keyboard(door: Door, cast: Cast) -> None:
    page = door.open().new_page()
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    tab_to(page, "Email")
    page.keyboard.type(cast.ada.email)
    tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Today")

    tab_to(page, f"One line on {TITLES[0]}")
    for title in TITLES:
        expect(page.get_by_label(f"One line on {title}", exact=True)).to_be_focused()
        page.keyboard.type(f"{title}: I could explain it")
        page.keyboard.press("Enter")
        row = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=title))
        expect(row.get_by_role("status")).to_contain_text("saved")

    page.goto("/cohorts/ai-7/")
    for title in TITLES:
        row = page.get_by_role("listitem").filter(has_text=f"{title}: I could explain it")
        expect(row).to_contain_text("Done")


def test_arrows_move_between_the_lines_and_a_chosen_state_stays(door: Door, cast: Cast) -> None:
    page = door.enter(cast.ada)
    first, second = (page.get_by_label(f"One line on {title}", exact=True) for title in TITLES[:2])
    first.focus()
    page.keyboard.press("ArrowDown")
    expect(second).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(first).to_be_focused()

    page.keyboard.press("Shift+Tab")
    state = page.get_by_label(f"State of {TITLES[0]}", exact=True)
    expect(state).to_be_focused()
    state.select_option("Stuck")
    page.keyboard.press("Tab")
    page.keyboard.type("pip: no matching distribution")
    expect(state).to_have_value("stuck")
    page.keyboard.press("Enter")
    row = page.get_by_role("listitem").filter(has=first)
    expect(row.get_by_role("status")).to_contain_text("saved")
    page.reload()
    expect(page.get_by_label(f"State of {TITLES[0]}", exact=True)).to_have_value("stuck")


def test_the_enter_that_ends_a_hangul_syllable_saves_nothing(door: Door, cast: Cast) -> None:
    page = door.enter(cast.ada)
    sent: list[str] = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    line = page.get_by_label(f"One line on {TITLES[0]}", exact=True)
    line.focus()
    keys = page.context.new_cdp_session(page)

    syllable = {"text": "글", "selectionStart": 1, "selectionEnd": 1}
    keys.send("Input.imeSetComposition", syllable)
    press_composing_enter(keys, code=229)
    keys.send("Input.insertText", {"text": "글"})
    press_composing_enter(keys, code=229)
    page.evaluate("() => new Promise(requestAnimationFrame)")
    assert sent == []
    expect(line).to_be_focused()
    expect(line).to_have_value("글")

    press_composing_enter(keys, code=13)
    row = page.get_by_role("listitem").filter(has=line)
    expect(row.get_by_role("status")).to_contain_text("saved")
    assert len(sent) == 1
