"""The smoke test sees a learner's day through, and stops in one line at what is broken."""

from __future__ import annotations

import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient

from tests.browser.server import DATABASE, Gunicorn
from tests.cast import PASSWORD, make_cast
from tests.deploy.tools import DEPLOY
from tracker.clock import utc_now
from tracker.use_cases.migrating import prepare_database

NAME = f"{DATABASE}_smoke"
ADA = "ada@example.com"


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    mongo_server: str,
    mongo_client: MongoClient[dict[str, Any]],
) -> Iterator[Gunicorn]:
    """Didim as in production, with the cast."""
    prepare_database(mongo_client[NAME])
    make_cast(mongo_client[NAME], at=utc_now())
    folder = tmp_path_factory.mktemp("smoke")
    gunicorn = Gunicorn(folder, mongo_server, MONGODB_DATABASE=NAME, WEB_CONCURRENCY="1")
    gunicorn.start()
    yield gunicorn
    gunicorn.stop()


@pytest.fixture
def broken_gateway() -> Iterator[str]:
    """A site of which nginx alone is left: it answers 502 to everything."""

    class BadGateway(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(502)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), BadGateway)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def smoke(
    url: str, *, email: str = ADA, password: str = PASSWORD
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(DEPLOY / "bin" / "smoke"), url, "--email", email],
        env=os.environ | {"DIDIM_SMOKE_PASSWORD": password},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done.stdout
    (line,) = done.stderr.splitlines()
    return line


def lines_of_logs(client: MongoClient[dict[str, Any]]) -> list[str]:
    return [log["entry"]["line"] for log in client[NAME]["lesson_logs"].find()]


def test_it_sees_a_day_through_twice_and_leaves_one_line(
    site: Gunicorn, mongo_client: MongoClient[dict[str, Any]]
) -> None:
    before = lines_of_logs(mongo_client)

    first, second = smoke(site.url), smoke(site.url)

    for done in (first, second):
        assert done.returncode == 0, done.stderr
        assert "all of it works" in done.stdout
    assert " s  signed in" in first.stdout
    (new,) = [line for line in lines_of_logs(mongo_client) if line not in before]
    assert new.startswith("smoke: ")


def test_it_writes_over_no_log_of_anybody(
    site: Gunicorn, mongo_client: MongoClient[dict[str, Any]]
) -> None:
    mongo_client[NAME]["lesson_logs"].update_many({}, {"$set": {"entry.line": "mine"}})
    before = lines_of_logs(mongo_client)
    assert before

    assert smoke(site.url).returncode == 0

    *kept, new = sorted(lines_of_logs(mongo_client))
    assert kept == before
    assert new.startswith("smoke: ")


def test_a_wrong_password_is_one_clear_line(site: Gunicorn) -> None:
    assert "do not belong together" in last_line(smoke(site.url, password="wrong horse"))


def test_a_coach_is_no_account_for_it(site: Gunicorn) -> None:
    assert "learner's account" in last_line(smoke(site.url, email="ben@example.com"))


def test_a_dead_app_behind_nginx_is_one_clear_line(broken_gateway: str) -> None:
    assert "/healthz answered 502" in last_line(smoke(broken_gateway))


def test_a_site_that_is_not_there_is_one_clear_line() -> None:
    assert "/healthz" in last_line(smoke("http://127.0.0.1:1"))
