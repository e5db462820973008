"""Two instances behind one nginx: one may die, none is sticky; and both may lose the database."""

from __future__ import annotations

import http.client
import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pymongo import MongoClient

from tests.browser.server import Gunicorn, wait_until
from tests.cast import PASSWORD, Cast, make_cast
from tests.deploy.nginx import NAME, Nginx
from tests.deploy.serving import PRODUCTION, Load, Relay, Visitor
from tests.deploy.tools import DEPLOY, needs
from tracker.clock import utc_now
from tracker.documents.preparing import prepare
from tracker.use_cases.accounts import change_look

pytestmark = needs("nginx")

DATABASE = "didim_twice"
BROKEN_OFF = http.client.IncompleteRead.__name__
SQL = "/cohorts/ai-7/lessons/sql"


@pytest.fixture(scope="module")
def cast(mongo_client: MongoClient[dict[str, Any]]) -> Iterator[Cast]:
    database = mongo_client[DATABASE]
    prepare(database)
    cast = make_cast(database, at=utc_now())
    change_look(database, cast.ada.id, language="en", theme="auto")
    yield cast
    mongo_client.drop_database(database)


@pytest.fixture(scope="module")
def relay(mongo_server: str) -> Iterator[Relay]:
    relay = Relay(urlsplit(mongo_server).port or 0)
    relay.mend()
    yield relay
    relay.cut()


@pytest.fixture(scope="module")
def instances(
    cast: Cast, relay: Relay, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Gunicorn]]:
    options = PRODUCTION | {
        "FORWARDED_ALLOW_IPS": "10.9.9.9",  # nginx is on another machine
        "MONGODB_DATABASE": DATABASE,
        "WEB_CONCURRENCY": "1",
    }
    uri = f"mongodb://127.0.0.1:{relay.port}/"
    pair = [Gunicorn(tmp_path_factory.mktemp(name), uri, **options) for name in ("one", "two")]
    try:
        for instance in pair:
            instance.start()
        yield pair
    finally:
        for instance in pair:
            instance.stop()


@contextmanager
def before(folder: Path, ports: list[int]) -> Iterator[Nginx]:
    """Run nginx before the instances at these two ports."""
    nginx = Nginx(folder, upstream=DEPLOY / "lb" / "nginx-lb.conf")
    places = ("10.0.1.11:8000", "10.0.1.12:8000")
    nginx.rewrite(
        "snippets/upstream.conf",
        {place: f"127.0.0.1:{port}" for place, port in zip(places, ports, strict=True)},
    )
    with nginx:
        yield nginx


@pytest.fixture(scope="module")
def nginx(instances: list[Gunicorn], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    with before(tmp_path_factory.mktemp("lb"), [one.port for one in instances]) as nginx:
        yield nginx


@pytest.fixture
def ada(nginx: Nginx, cast: Cast) -> Visitor:
    visitor = Visitor(nginx)
    visitor.sign_in(cast.ada.email, PASSWORD)
    return visitor


def test_whoever_signed_in_is_known_to_both(instances: list[Gunicorn], ada: Visitor) -> None:
    for instance in instances:
        with closing(http.client.HTTPConnection("127.0.0.1", instance.port)) as direct:
            forwarded = {"Host": NAME, "X-Forwarded-Proto": "https", "X-Forwarded-Host": NAME}
            direct.request("GET", SQL, headers=ada.headers | forwarded)
            answer = direct.getresponse()
            assert (answer.status, b"<h1" in answer.read()) == (200, True)


def test_one_killed_under_load_is_not_noticed(instances: list[Gunicorn], nginx: Nginx) -> None:
    """Only a page whose first bytes had gone out, then its instance died, cannot be asked again."""
    first, second = instances
    access = nginx.log / "didim.access.log"

    def asked(instance: Gunicorn) -> int:
        return access.read_text().count(f'"upstream":"127.0.0.1:{instance.port}"')

    with Load(nginx, "/login") as load:
        wait_until(lambda: bool(asked(first) and asked(second)), 20, "both are asked")
        first.kill()
        load.wait_for_more(50)
        before = asked(first)
        first.start()
        wait_until(lambda: asked(first) > before, 20, "the first one is asked again")
    assert load.answers.pop(BROKEN_OFF, 0) <= load.visitors
    assert set(load.answers) == {200}, load.answers


def test_a_page_is_asked_again_but_a_form_is_sent_once(tmp_path: Path) -> None:
    seen: Counter[bytes] = Counter()

    class Dying(socketserver.BaseRequestHandler):
        """An instance that dies over each request."""

        def handle(self) -> None:
            seen[self.request.recv(65536).split()[0]] += 1

    with ExitStack() as stack:
        pair = [socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dying) for _ in range(2)]
        for one in pair:
            stack.enter_context(one)
            threading.Thread(target=one.serve_forever).start()
            stack.callback(one.shutdown)
        nginx = stack.enter_context(before(tmp_path, [one.server_address[1] for one in pair]))
        assert nginx.ask("POST", "/logout", "a=b").status == 502
        assert nginx.get("/login").status == 502
    assert seen == {b"POST": 1, b"GET": 2}


@contextmanager
def cut_off(relay: Relay) -> Iterator[None]:
    relay.cut()
    try:
        yield
    finally:
        relay.mend()


def test_a_database_that_is_away_and_comes_back(relay: Relay, nginx: Nginx, ada: Visitor) -> None:
    assert ada.get(SQL).status == 200
    with cut_off(relay):
        assert nginx.get("/healthz").status == 200
        with ThreadPoolExecutor() as pool:  # each takes the 3 s until the database is given up
            ready = pool.submit(nginx.get, "/readyz")
            page = pool.submit(ada.get, SQL)
            saved = pool.submit(ada.post, f"{SQL}/log", line="typed before", state="done")
        assert ready.result().status == 503
        for answer in (page.result(), saved.result()):
            assert answer.status == 503
            assert answer.headers["Retry-After"] == "5"
            assert "The tracker cannot reach its records just now" in answer.text
            assert "what you typed is kept here" in answer.text
    wait_until(lambda: nginx.get("/readyz").status == 200, 20, "well again by itself")
    again = ada.post(f"{SQL}/log", line="typed before", state="done", revision="0")
    assert again.status == 302
    assert "typed before" in ada.get(SQL).text
