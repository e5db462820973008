"""Signing in and out, the first password, and what evil tries."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from blueprints.support.links import welcome_link
from tests.cast import PASSWORD, Cast
from tests.pages.browser import ENGLISH, check_page, is_signed_in, sign_in
from tracker.clock import utc_now
from tracker.documents import people
from tracker.documents.schema import Db
from tracker.models import Person
from tracker.use_cases.accounts import create_admin

EVIL = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\x00//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "//[",
    "evil.example",
    "/" + "a" * 5000,
    "",
]
NONSENSE = [
    {},
    {"email": "ada@example.com"},
    {"password": PASSWORD},
    {"email": "a" * 100_000, "password": "b" * 100_000},
    {"email": "ada@example.com\x00", "password": "\x00"},
    {"email": ["ada@example.com", "ben@example.com"], "password": ["1", "2"]},
    {"email": "%s {{ 7*7 }} <script>", "password": "'\"><"},
]


def test_ada_signs_in_and_out(client: FlaskClient, cast: Cast) -> None:
    check_page(client.get("/login", headers=ENGLISH))
    assert sign_in(client, cast.ada).location == "/"
    assert is_signed_in(client)
    assert client.post("/logout").location == "/login"
    assert not is_signed_in(client)


def test_her_address_may_be_typed_in_capitals(client: FlaskClient, cast: Cast) -> None:
    response = client.post("/login", data={"email": " ADA@Example.com ", "password": PASSWORD})
    assert response.status_code == 302


def test_she_comes_back_to_the_page_that_asked(client: FlaskClient, cast: Cast) -> None:
    asked = client.get("/account")
    assert asked.location == "/login?next=/account"
    page = check_page(client.get(asked.location))
    assert 'name="next" type="hidden" value="/account"' in page
    data = {"email": cast.ada.email, "password": PASSWORD, "next": "/account"}
    assert client.post("/login", data=data).location == "/account"
    assert client.get("/login?next=/account").location == "/account"  # is signed in by now


def test_a_wrong_password_and_no_account_read_the_same(client: FlaskClient, cast: Cast) -> None:
    answers = []
    for email in ("ada@example.com", "nobody@example.com"):
        data = {"email": email, "password": "battery staple"}
        page = check_page(client.post("/login", data=data, headers=ENGLISH), 422)
        assert f'value="{email}"' in page
        assert "battery staple" not in page
        answers.append(page.replace(email, ""))
    assert answers[0] == answers[1]
    assert "do not belong together" in answers[0]


@pytest.mark.parametrize("address", EVIL)
def test_next_never_leaves_the_site(client: FlaskClient, cast: Cast, address: str) -> None:
    data = {"email": cast.ada.email, "password": PASSWORD, "next": address}
    assert client.post("/login", data=data).location == "/"


@pytest.mark.parametrize(
    "address", ["/account?a=1&b=%20", "/cohorts/웹-3/", "/a//b", "/?q=http://x/"]
)
def test_next_may_be_any_page_of_the_site(client: FlaskClient, cast: Cast, address: str) -> None:
    data = {"email": cast.ada.email, "password": PASSWORD, "next": address}
    location = client.post("/login", data=data).location
    assert location.startswith("/")
    assert location != "/"


@pytest.mark.parametrize("data", NONSENSE)
def test_nonsense_is_refused_in_words(
    client: FlaskClient, cast: Cast, data: dict[str, str]
) -> None:
    check_page(client.post("/login", data=data), 422)


@pytest.mark.parametrize("body", [b"[1]", b"null", b'{"email": 1, "password": [2]}', b"{"])
def test_json_is_no_form(client: FlaskClient, cast: Cast, body: bytes) -> None:
    response = client.post("/login", data=body, content_type="application/json")
    check_page(response, 422)


def test_a_file_is_no_password(client: FlaskClient, cast: Cast) -> None:
    data = {"email": (BytesIO(b"ada@example.com"), "a.txt"), "password": (BytesIO(b"x"), "b.txt")}
    check_page(client.post("/login", data=data, content_type="multipart/form-data"), 422)


def test_bytes_that_are_no_utf8_are_refused_in_words(client: FlaskClient, cast: Cast) -> None:
    for body in (b"email=%ff%fe&password=%ed%a0%80", b"email=\xff&password=\xed\xa0\x80"):
        response = client.post(
            "/login", data=body, content_type="application/x-www-form-urlencoded"
        )
        check_page(response, 422)


def test_the_eleventh_try_is_refused(client: FlaskClient, cast: Cast) -> None:
    wrong = {"email": cast.ada.email, "password": "battery staple"}
    tries = [client.post("/login", data=wrong).status_code for _ in range(10)]
    assert tries == [422] * 10
    assert client.get("/login").status_code == 200  # looking is free
    right = {"email": "ADA@example.com", "password": PASSWORD}
    response = client.post("/login", data=right, headers=ENGLISH)
    assert "Too many tries" in check_page(response, 429)
    sign_in(client, cast.ben)  # others at the same address still may


def test_signing_in_rightly_is_never_too_often(client: FlaskClient, cast: Cast) -> None:
    for _ in range(12):
        sign_in(client, cast.ada)
        client.post("/logout")


def test_one_address_has_sixty_tries_for_all_accounts(client: FlaskClient, cast: Cast) -> None:
    def guess(number: int) -> int:
        data = {"email": f"someone-{number}@example.com", "password": "battery staple"}
        return client.post("/login", data=data).status_code

    assert {guess(number) for number in range(60)} == {422}
    assert guess(60) == 429


def test_a_session_ends_with_the_browser_unless_asked(client: FlaskClient, cast: Cast) -> None:
    assert "Expires" not in _session_cookie(client, cast.ada, {})
    client.post("/logout")
    assert "Expires" in _session_cookie(client, cast.ada, {"remember": "y"})


def _session_cookie(client: FlaskClient, person: Person, extra: dict[str, str]) -> str:
    data = {"email": person.email, "password": PASSWORD, **extra}
    kept = client.post("/login", data=data).headers.getlist("Set-Cookie")
    (cookie,) = [each for each in kept if each.startswith("session=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    return cookie


def test_nothing_planted_in_a_session_survives_signing_in(client: FlaskClient, cast: Cast) -> None:
    with client.session_transaction() as session:
        session.update(csrf_token="planted", new_invite="planted")
    sign_in(client, cast.ada)
    with client.session_transaction() as session:
        assert "planted" not in session.values()


def test_without_the_forms_token_nobody_signs_in(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    data = {"email": cast.ada.email, "password": PASSWORD}
    check_page(client.post("/login", data=data), 400)
    page = client.get("/login").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert client.post("/login", data={**data, "csrf_token": token}).status_code == 302
    assert is_signed_in(client)
    assert client.post("/logout", data={"csrf_token": token}).status_code == 400  # it has changed


@pytest.fixture
def eve(db: Db) -> Person:
    """Return an administrator's new account, which has no password yet."""
    return create_admin(db, email="eve@example.com", name="Eve", password=None, at=utc_now())


@pytest.fixture
def link_of(app: Flask) -> Callable[[Person], str]:
    def link(person: Person) -> str:
        with app.test_request_context():
            return urlsplit(welcome_link(person)).path

    return link


NEW = {"password": "staple battery", "repeated": "staple battery"}


def test_the_first_password_is_set_once(
    client: FlaskClient, db: Db, eve: Person, link_of: Callable[[Person], str]
) -> None:
    link = link_of(eve)
    assert "eve@example.com" in check_page(client.get(link))
    assert client.post(link, data=NEW).location == "/"
    assert is_signed_in(client)
    client.post("/logout")
    check_page(client.get(link), 404)
    client.delete_cookie("language")  # the account's own, kept for pages without a database
    page = check_page(client.post(link, data=NEW, headers=ENGLISH), 404)
    assert "ask whoever sent the link for a new one" in page
    sign_in(client, eve, "staple battery")


def test_an_empty_password_opens_nothing(client: FlaskClient, eve: Person) -> None:
    for password in ("", " ", "x"):
        response = client.post("/login", data={"email": eve.email, "password": password})
        assert response.status_code == 422


@pytest.mark.parametrize("token", ["x", "a.b.c", "\x00", "%ED%A0%80", "WyJ4IiwxXQ.x.y"])
def test_a_link_of_our_own_making_alone_opens_anything(
    client: FlaskClient, db: Db, token: str
) -> None:
    check_page(client.get(f"/welcome/{token}"), 404)


def test_an_old_link_opens_nothing(
    client: FlaskClient,
    eve: Person,
    link_of: Callable[[Person], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("blueprints.support.links.WELCOME_SECONDS", -1)
    check_page(client.get(link_of(eve)), 404)


def test_two_passwords_that_differ_set_none(
    client: FlaskClient, db: Db, eve: Person, link_of: Callable[[Person], str]
) -> None:
    response = client.post(link_of(eve), data={**NEW, "repeated": "battery staple"})
    assert "staple battery" not in check_page(response, 422)
    assert people.find(db, eve.id) == eve
