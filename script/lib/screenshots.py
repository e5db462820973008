"""Takes pictures of the demo: docs/images/dashboard.png for the README, or every page to look at.

The demo runs in a temporary folder; nothing of instance/ is touched.
"""

from __future__ import annotations

import argparse
import itertools
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import setup
from checks import REQUIREMENTS, browser
from serve import end, prepare, start_gunicorn, wait_until_it_answers
from support import ROOT, say, stop

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PICTURE = ROOT / "docs" / "images" / "dashboard.png"
LARGEST = 250_000  # bytes
PASSWORD = "didim-demo"  # noqa: S105  published on purpose
COHORT = "/cohorts/ai-demo"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
ROLES = ("learner", "coach", "manager")
LANGUAGES = ("ko", "en")
COLOURS = ("light", "dark")
WIDTHS = {1280: 800, 390: 844}
COMMON = {
    "today": "/",
    "account": "/account",
    "cohort": f"{COHORT}/",
    "dashboard": f"{COHORT}/dashboard",
    "lesson": f"{COHORT}/lessons/sql",
    "project": f"{COHORT}/projects/7",
    "learner": f"{COHORT}/learners/ID",
    "log": f"{COHORT}/learners/ID/lessons/sql",
    "error": "/no/such/page",
}
PAGES = {
    "learner": {
        **COMMON,
        "retrospective": f"{COHORT}/steps/2/retrospective",
        "posts": "/posts/",
        "import": "/posts/import",
    },
    "coach": {
        **COMMON,
        "retrospective": f"{COHORT}/steps/1/retrospective?learner=ID",
        "attention": f"{COHORT}/dashboard/attention",
        "rules": f"{COHORT}/dashboard/rules",
        "pulse": f"{COHORT}/dashboard/pulse",
    },
    "manager": {**COMMON, "invites": f"{COHORT}/invites", "overview": "/overview"},
}


class Look(NamedTuple):
    """Who looks at the pages, and how."""

    role: str
    language: str
    colours: str
    width: int


def main() -> None:
    """Take the pictures that were asked for."""
    options = arguments()
    if browser() is None:
        stop(
            "Screenshots need Chromium: apt install chromium fonts-noto-cjk",
            "화면을 찍으려면 Chromium이 필요합니다.",
        )
    setup.enter(*REQUIREMENTS)
    sys.path.insert(0, str(ROOT))
    with served_demo() as address, opened_browser() as chromium:
        if options.all:
            take_all(chromium, address, options.all)
        else:
            take_for_readme(chromium, address)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="script/screenshots", description=__doc__)
    parser.add_argument(
        "--all", type=Path, metavar="DIR", help="every page by role, language, colours and width"
    )
    return parser.parse_args()


@contextmanager
def served_demo() -> Iterator[str]:
    """Serve the demo for the block; give its address."""
    from embedded import EmbeddedMongo  # noqa: PLC0415  needs what was just installed

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder, EmbeddedMongo(Path(folder)) as database:
        environ = {
            **os.environ,
            "DIDIM_EMBEDDED": "1",
            "INSTANCE_PATH": folder,
            "LOG_LEVEL": "warning",
            "MONGODB_URI": database.uri,
            "PORT": str(port),
            "SECRET_KEY": "only for pictures",
        }
        prepare(environ, "database", "prepare")
        prepare(environ, "demo", "load")
        gunicorn = start_gunicorn(environ)
        try:
            wait_until_it_answers(gunicorn, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            end(gunicorn)


@contextmanager
def opened_browser() -> Iterator[Browser]:
    """Run this machine's Chromium for the block."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  needs what was just installed

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser(), args=list(FLAGS))
        try:
            yield chromium
        finally:
            chromium.close()


def take_for_readme(chromium: Browser, address: str) -> None:
    """Take the staff's dashboard in Korean, in light."""
    context = entered(chromium, address, Look("coach", "ko", "light", 1280))
    page = context.new_page()
    look_at(page, f"{COHORT}/dashboard?step=all")
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURE)
    size = PICTURE.stat().st_size
    if size > LARGEST:
        stop(f"{PICTURE} has {size:,} bytes; {LARGEST:,} may be.", "그림이 너무 큽니다.")
    say(f"{PICTURE.relative_to(ROOT)}: {size:,} bytes")


def take_all(chromium: Browser, address: str, folder: Path) -> None:
    """Take every page as everyone sees it."""
    folder.mkdir(parents=True, exist_ok=True)
    for look in itertools.starmap(Look, itertools.product(ROLES, LANGUAGES, COLOURS, WIDTHS)):
        context = entered(chromium, address, look)
        page = context.new_page()
        learner = context.request.get(f"{COHORT}/dashboard/matrix.json").json()["learners"][0]
        for name, path in PAGES[look.role].items():
            look_at(page, path.replace("ID", learner["id"]))
            file = f"{look.role}-{name}-{look.language}-{look.colours}-{look.width}.png"
            page.screenshot(path=folder / file, full_page=True)
        context.close()
        say(f"{len(PAGES[look.role])} pages: {', '.join(map(str, look))}")


def entered(chromium: Browser, address: str, look: Look) -> BrowserContext:
    """Return a browser in which the demo's account of this role has signed in."""
    context = chromium.new_context(
        base_url=address,
        viewport={"width": look.width, "height": WIDTHS[look.width]},
        color_scheme="light" if look.colours == "light" else "dark",
        reduced_motion="reduce",
        timezone_id="Asia/Seoul",
    )
    page = context.new_page()
    page.goto("/login")
    page.locator("[name=email]").fill(f"{look.role}@demo.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button").click()
    page.locator("main h1").wait_for()
    page.locator(f"button[name=language][value={look.language}]").click()
    page.locator(f"html[lang={look.language}]").wait_for()
    page.close()
    return context


def look_at(page: Page, path: str) -> None:
    """Open a page and wait until all of it is painted."""
    page.goto(path, wait_until="networkidle")
    page.locator("main h1").wait_for()
    if page.locator("canvas.matrix").count():
        page.locator(".matrix-space canvas").wait_for()
    page.evaluate("() => document.fonts.ready.then(() => new Promise(requestAnimationFrame))")


if __name__ == "__main__":
    main()
