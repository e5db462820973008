"""A line tells of each request and each error, and of nobody's texts, links or addresses."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from blueprints.support.logs import lines_to
from tests.cast import PASSWORD, Cast
from tests.database import QUERIES
from tests.pages.browser import check_page, sign_in
from tests.pages.table import COHORT

TOKEN = "a-secret-of-an-invitation"
GIVEN = "0123456789abcdef-from-nginx"


@pytest.fixture
def written(app: Flask, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    stream = io.StringIO()
    monkeypatch.setitem(app.extensions, "didim_lines", lines_to(stream, "info", for_people=False))
    return stream


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_line_says_what_was_asked_and_what_it_cost(
    client: FlaskClient, cast: Cast, written: io.StringIO
) -> None:
    sign_in(client, cast.ben)
    written.truncate(written.seek(0))
    QUERIES.names.clear()

    answer = client.get(f"{COHORT}/dashboard?sort=name")

    (line,) = lines(written)
    assert line.pop("timestamp").endswith("Z")
    assert line.pop("ms") > 0
    assert line == {
        "event": "request",
        "level": "info",
        "request": answer.headers["X-Request-ID"],
        "method": "GET",
        "route": "/cohorts/<slug:cohort>/dashboard",
        "status": 200,
        "bytes": len(answer.data),
        "queries": len(QUERIES.names),
    }
    assert line["queries"] > 0


def test_a_form_without_its_token_is_told_too(
    app: Flask, client: FlaskClient, written: io.StringIO
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True  # it refuses before any of our own parts are asked
    assert client.post("/login").status_code == 400
    assert [line["status"] for line in lines(written)] == [400]


def test_no_line_holds_what_people_type_or_a_link_is_made_of(
    client: FlaskClient, cast: Cast, written: io.StringIO
) -> None:
    client.get(f"/join/{TOKEN}?next={TOKEN}", headers={"Referer": TOKEN, "User-Agent": TOKEN})
    client.get(f"/{TOKEN}")
    client.post("/login", data={"email": cast.ada.email, "password": "wrong " + PASSWORD})
    sign_in(client, cast.ada)
    client.post(f"{COHORT}/lessons/sql/log", data={"state": "done", "line": "a line of Ada's"})

    assert len(lines(written)) == 5
    assert [line["route"] for line in lines(written)][:2] == ["/join/<invite>", "none"]
    for secret in (TOKEN, cast.ada.email, PASSWORD, "a line of", "ai-7", cast.ada.id):
        assert secret not in written.getvalue()


@pytest.mark.parametrize(
    ("proxies", "given", "taken"),
    [
        (1, GIVEN, True),
        (0, GIVEN, False),  # anyone may send a header
        (1, "short", False),
        (1, "x" * 65, False),
        (1, 'a"quote-in-the-log', False),
    ],
)
def test_the_id_is_the_proxys_if_there_is_one_and_it_looks_like_one(
    app: Flask,
    client: FlaskClient,
    written: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    proxies: int,
    given: str,
    taken: bool,
) -> None:
    monkeypatch.setitem(app.config, "TRUSTED_PROXIES", proxies)
    answer = client.get("/healthz", headers={"X-Request-ID": given})
    (line,) = lines(written)
    assert line["request"] == answer.headers["X-Request-ID"]
    assert (line["request"] == given) == taken
    assert client.get("/healthz").headers["X-Request-ID"] != line["request"]


def test_an_error_can_be_found_by_the_number_on_its_page(
    app: Flask, client: FlaskClient, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise KeyError(TOKEN)

    monkeypatch.setitem(app.view_functions, "ops.healthz", broken)
    answer = client.get("/healthz")

    error, line = lines(written)
    assert error["request"] in check_page(answer, 500)
    assert error["request"] == line["request"] == answer.headers["X-Request-ID"]
    assert (error["event"], error["level"], error["route"]) == ("KeyError", "error", "/healthz")
    assert "in broken" in error["exception"]
    assert TOKEN not in written.getvalue()
    assert line["status"] == 500


def test_a_missing_page_bothers_nobody_with_a_number(client: FlaskClient) -> None:
    answer = client.get("/none")
    assert answer.headers["X-Request-ID"] not in check_page(answer, 404)


def test_a_laptop_shows_errors_alone_and_as_a_traceback(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise KeyError(TOKEN)

    stream = io.StringIO()
    lines_of_a_laptop = lines_to(stream, "warning", for_people=True)
    monkeypatch.setitem(app.extensions, "didim_lines", lines_of_a_laptop)
    client.get("/readyz")
    assert stream.getvalue() == ""
    monkeypatch.setitem(app.view_functions, "ops.healthz", broken)
    client.get("/healthz")
    assert stream.getvalue().startswith("20")
    assert "\n  File " in stream.getvalue()
