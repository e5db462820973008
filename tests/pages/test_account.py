"""One's own account: name, language, theme and password."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import PASSWORD, Cast
from tests.pages.browser import check_page, is_signed_in, sign_in
from tracker.documents import people
from tracker.documents.schema import Db

PROFILE = {"name": "Ada Lovelace", "language": "en", "theme": "dark"}
NEW = {"current": PASSWORD, "password": "staple battery", "repeated": "staple battery"}


def test_the_account_shows_who_and_where_one_is(client: FlaskClient, cast: Cast) -> None:
    sign_in(client, cast.ada)
    page = check_page(client.get("/account"))
    assert "ada@example.com" in page
    assert "AI 7기" in page
    assert "웹 3기" not in page


def test_a_stranger_has_no_account(client: FlaskClient, cast: Cast) -> None:
    assert client.get("/account").location == "/login?next=/account"
    assert client.post("/account", data=PROFILE).location.startswith("/login")
    assert client.post("/account/password", data=NEW).location.startswith("/login")


def test_ada_changes_name_language_and_theme(client: FlaskClient, db: Db, cast: Cast) -> None:
    sign_in(client, cast.ada)
    assert client.post("/account", data=PROFILE).location == "/account"
    page = check_page(client.get("/account"))
    assert "Account saved." in page
    assert '<html lang="en" data-theme="dark"' in page
    assert 'value="Ada Lovelace"' in page
    client.post("/logout")
    assert '<html lang="en" data-theme="dark"' in check_page(client.get("/login"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": " \x00\n "},
        {"name": "a" * 100_000},
        {"language": "xx"},
        {"theme": "pink"},
        {"theme": ""},
    ],
)
def test_a_wrong_profile_changes_nothing(
    client: FlaskClient, db: Db, cast: Cast, wrong: dict[str, str]
) -> None:
    sign_in(client, cast.ada)
    check_page(client.post("/account", data={**PROFILE, **wrong}), 422)
    assert people.find(db, cast.ada.id) == cast.ada


def test_a_name_is_kept_as_one_clean_line(client: FlaskClient, db: Db, cast: Cast) -> None:
    sign_in(client, cast.ada)
    client.post("/account", data={**PROFILE, "name": " 에이다\r\n\x00 러브레이스 "})
    person = people.find(db, cast.ada.id)
    assert person is not None
    assert person.name == "에이다 러브레이스"


def test_a_new_password_ends_every_other_session(app: Flask, cast: Cast) -> None:
    here, elsewhere = app.test_client(), app.test_client()
    for client in (here, elsewhere):
        sign_in(client, cast.ada)
    assert here.post("/account/password", data=NEW).location == "/account"
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    sign_in(elsewhere, cast.ada, "staple battery")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"current": "not it"}, "This is not your current password."),
        ({"current": ""}, "This field is required."),
        ({"repeated": "battery staple"}, "The two are not the same"),
        ({"password": "short"}, "Use 8 to 200 characters."),
        ({"password": "long" * 51}, "Use 8 to 200 characters."),
        ({"password": "x" * 100_000}, "Use 8 to 200 characters."),
        ({"password": "ada@example.com"}, "easy to guess"),
        ({"password": "ADA@example.com"}, "easy to guess"),
        ({"password": "password123"}, "a guesser tries"),
        ({"password": "Pass Word 123"}, "a guesser tries"),
        ({"password": "aaaaaaaaaaaa"}, "a guesser tries"),
    ],
)
def test_a_bad_new_password_is_refused_with_the_reason(
    client: FlaskClient, db: Db, cast: Cast, wrong: dict[str, str], words: str
) -> None:
    sign_in(client, cast.ada)
    data = {**NEW, **wrong}
    if "password" in wrong:
        data["repeated"] = data["password"]
    client.post("/preferences", data={"language": "en"})
    page = check_page(client.post("/account/password", data=data), 422)
    assert words in page
    assert re.findall(r'type="password" value="(.*?)"', page) == ["", "", ""]
    person = people.find(db, cast.ada.id)
    assert person is not None
    assert person.password_hash == cast.ada.password_hash


def test_a_password_may_be_any_long_sentence(client: FlaskClient, cast: Cast) -> None:
    sign_in(client, cast.ada)
    sentence = "비밀번호는 <길수록> 좋다 🐎 " * 5
    client.post("/account/password", data={**NEW, "password": sentence, "repeated": sentence})
    client.post("/logout")
    sign_in(client, cast.ada, sentence)


def test_whoever_found_an_open_laptop_cannot_guess_the_password(
    client: FlaskClient, cast: Cast
) -> None:
    sign_in(client, cast.ada)
    wrong = {**NEW, "current": "guess"}
    tries = [client.post("/account/password", data=wrong).status_code for _ in range(11)]
    assert tries == [422] * 10 + [429]


def test_a_stranger_chooses_language_and_theme(client: FlaskClient, cast: Cast) -> None:
    response = client.post("/preferences", data={"language": "en", "next": "/login"})
    assert response.location == "/login"
    (cookie,) = response.headers.getlist("Set-Cookie")
    assert "Max-Age=31536000" in cookie
    assert "SameSite=Lax" in cookie
    client.post("/preferences", data={"theme": "dark"})
    assert '<html lang="en" data-theme="dark"' in client.get("/login").text


def test_ada_takes_her_choice_to_every_machine(app: Flask, client: FlaskClient, cast: Cast) -> None:
    sign_in(client, cast.ada)
    client.post("/preferences", data={"theme": "light"})
    client.post("/preferences", data={"language": "en"})
    other = app.test_client()
    sign_in(other, cast.ada)
    assert '<html lang="en" data-theme="light"' in other.get("/account").text


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"language": "xx"},
        {"theme": ""},
        {"theme": "dark", "language": "\x00"},
        {"colour": "red"},
    ],
)
def test_unknown_preferences_are_bad_requests(
    client: FlaskClient, cast: Cast, data: dict[str, str]
) -> None:
    check_page(client.post("/preferences", data=data), 400)


def test_preferences_never_lead_off_the_site(client: FlaskClient, cast: Cast) -> None:
    data = {"theme": "dark", "next": "//evil.example"}
    assert client.post("/preferences", data=data).location == "/"
