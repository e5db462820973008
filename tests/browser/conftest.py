"""A real browser before a real server: gunicorn, CSRF and sessions as in production."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import BrowserContext, Page
from pymongo import MongoClient

from tests.browser.server import DATABASE, SECRET_KEY, Gunicorn
from tests.browser.watching import Watch
from tests.cast import Cast, make_cast
from tests.database import empty
from tracker.clock import utc_now
from tracker.documents.schema import Db
from tracker.models import Person
from tracker.use_cases.accounts import change_look
from tracker.use_cases.migrating import prepare_database

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
AGO = timedelta(days=8)  # the cast's lessons have all begun by now, and STEP 2 is still on


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the machine's own Chromium; without one these tests are skipped, but never in CI."""
    found = os.environ.get("DIDIM_CHROMIUM") or next(
        filter(None, map(shutil.which, BROWSERS)), None
    )
    if found is None:
        missing = "there is no Chromium here: apt install chromium fonts-noto-cjk"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return {**browser_type_launch_args, "executable_path": found, "args": list(FLAGS)}


@pytest.fixture(scope="session")
def site_db(mongo_client: MongoClient[dict[str, Any]]) -> Iterator[Db]:
    database = mongo_client[DATABASE]
    prepare_database(database)
    yield database
    mongo_client.drop_database(DATABASE)


@pytest.fixture(scope="session")
def site(
    site_db: Db, mongo_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gunicorn]:
    """One server for the whole session; each test fills its database anew."""
    gunicorn = Gunicorn(tmp_path_factory.mktemp("site"), mongo_server)
    try:
        gunicorn.start()
        yield gunicorn
    finally:
        gunicorn.stop()


@pytest.fixture(scope="session")
def base_url(site: Gunicorn) -> str:
    return site.url


@pytest.fixture
def stage(site: Gunicorn, site_db: Db) -> Db:
    """The server's database, empty but for its collections."""
    empty(site_db)
    return site_db


@pytest.fixture
def cast(stage: Db) -> Cast:
    """The cast, who read English."""
    cast = make_cast(stage, at=utc_now() - AGO)
    for person in (cast.ada, cast.ben, cast.cleo, cast.dana):
        change_look(stage, person.id, language="en", theme="auto")
    return cast


@pytest.fixture
def watch(site: Gunicorn) -> Iterator[Watch]:
    """What is odd on any page of this test fails it, with what the server logged meanwhile."""
    watch, before = Watch(), site.log.stat().st_size
    yield watch
    logged = site.log.read_bytes()[before:].decode()
    assert not watch.problems, "\n".join([*watch.problems, logged])


@pytest.fixture
def allow(watch: Watch) -> Callable[..., None]:
    """Take these statuses for what the story is about."""
    return lambda *statuses: watch.allowed.update(statuses)


@dataclass(frozen=True)
class Door:
    """Where people come in: each gets a browser of their own."""

    url: str
    watch: Watch
    new_context: Callable[..., BrowserContext]

    def open(self, *, narrow: bool = False, **options: Any) -> BrowserContext:
        """Return the browser of someone who has not signed in."""
        options = {
            "viewport": NARROW if narrow else WIDE,
            "locale": "en-US",
            "timezone_id": "Asia/Seoul",
            "reduced_motion": "reduce",
            **options,
        }
        context = self.new_context(**options)
        context.set_default_timeout(10_000)
        self.watch.over(context)
        return context

    def enter(self, person: Person, path: str = "/", **options: Any) -> Page:
        """Return a page on which this person is signed in."""
        context = self.open(**options)
        sign_in(context, person, self.url)
        page = context.new_page()
        page.goto(path)
        return page


@pytest.fixture
def door(base_url: str, watch: Watch, new_context: Callable[..., BrowserContext]) -> Door:
    return Door(base_url, watch, new_context)


def sign_in(context: BrowserContext, person: Person, url: str) -> None:
    """Give the browser the session that signing in would; the form itself has its own story."""
    app = Flask(__name__)
    app.secret_key = SECRET_KEY
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    session = signer.dumps({"_user_id": f"{person.id}.{person.session_version}", "_fresh": True})
    context.add_cookies([{"name": "session", "value": session, "url": url}])
