"""One's own account: name, language, theme, password; joining through an invitation."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import PASSWORD, Cast
from tests.pages.browser import ENGLISH, check_page, is_signed_in, sign_in
from tracker.clock import utc_now
from tracker.documents import cohorts, enrolments, people
from tracker.documents.schema import Db
from tracker.models import CohortState, Enrolment, Role
from tracker.reports.membership import find_person
from tracker.use_cases import accounts
from tracker.use_cases.joining import invite, revoke

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


Link = Callable[..., str]
FAY = {
    "email": "Fay@Example.com",
    "name": "Fay",
    "password": "staple battery",
    "language": "en",
}


@pytest.fixture
def link(db: Db, cast: Cast) -> Link:
    """Return what makes an invitation to ai-7, and gives its address."""

    def make(role: Role = Role.LEARNER, *, days: int = 14, max_uses: int = 40) -> str:
        token = invite(
            db,
            cast.ai7.id,
            role,
            days=days,
            max_uses=max_uses,
            by=cast.dana.id,
            at=utc_now(),
        )
        return f"/join/{token}"

    return make


def place_of(db: Db, cast: Cast, email: str) -> Enrolment | None:
    person = people.find_by_email(db, email)
    return enrolments.find_for(db, cast.ai7.id, person.id) if person else None


def test_fay_joins_with_a_new_account(client: FlaskClient, db: Db, cast: Cast, link: Link) -> None:
    address = link(Role.COACH)
    page = check_page(client.get(address, headers=ENGLISH))
    assert "AI 7기" in page
    assert "Coach" in page
    assert f"/login?next={address}" in page
    assert client.post(address, data=FAY).location == "/"
    assert "You are now in AI 7기." in check_page(client.get("/account"))
    place = place_of(db, cast, "fay@example.com")
    assert place is not None
    assert place.role is Role.COACH


def test_cleo_joins_with_the_account_she_has(
    client: FlaskClient, db: Db, cast: Cast, link: Link
) -> None:
    address = link()
    signed_in = client.post(
        "/login", data={"email": cast.cleo.email, "password": PASSWORD, "next": address}
    )
    assert signed_in.location == address
    assert "cleo@example.com" in check_page(client.get(address))
    assert client.post(address).location == "/"
    place = place_of(db, cast, cast.cleo.email)
    assert place is not None
    assert place.role is Role.LEARNER


def test_ada_is_in_already_and_takes_no_second_place(
    client: FlaskClient, db: Db, cast: Cast, link: Link
) -> None:
    address = link(Role.MANAGER, max_uses=1)
    sign_in(client, cast.ada)
    assert client.get(address).location == "/"
    assert client.post(address).location == "/"
    assert place_of(db, cast, cast.ada.email) == cast.ada_place
    client.post("/logout")
    check_page(client.get(address))  # the one place is still free


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"email": "ADA@example.com"}, "Sign in instead"),
        ({"email": "fay"}, "Write the address in full"),
        ({"email": "fay@example.com@x"}, "Write the address in full"),
        ({"email": "a" * 100_000 + "@example.com"}, "At most 254 characters"),
        ({"email": ""}, "This field is required."),
        ({"name": ""}, "This field is required."),
        ({"name": "Fay" * 50_000}, "At most 100 characters"),
        ({"password": "fay@example.com"}, "easy to guess"),
        ({"password": ""}, "This field is required."),
        ({"language": "xx"}, "Not a valid choice."),
    ],
)
def test_a_wrong_account_is_refused_with_the_reason(
    client: FlaskClient, db: Db, cast: Cast, link: Link, wrong: dict[str, str], words: str
) -> None:
    data = {**FAY, **wrong}
    page = check_page(client.post(link(), data=data, headers=ENGLISH), 422)
    assert words in page
    assert f'value="{data["name"]}"' in page
    assert "staple battery" not in page
    assert people.find_by_email(db, "fay@example.com") is None
    assert not is_signed_in(client)


def test_nothing_at_all_is_refused_in_words(client: FlaskClient, cast: Cast, link: Link) -> None:
    check_page(client.post(link()), 422)
    check_page(client.post(link(), data=b"[1]", content_type="application/json"), 422)


def test_an_invitation_that_is_over_says_to_ask_for_a_new_one(
    client: FlaskClient, db: Db, cast: Cast, link: Link
) -> None:
    used_up, ended, run_out = link(max_uses=1), link(), link(days=0)
    client.post(used_up, data=FAY)
    client.post("/logout")
    for found in db["invites"].find({"max_uses": 40}):
        revoke(db, cast.ai7.id, found["_id"], by=cast.dana.id, at=utc_now())
    for address in (used_up, ended, run_out, "/join/unknown", "/join/%00", "/join/" + "a" * 5000):
        assert "for a new one" in check_page(client.get(address, headers=ENGLISH), 404)
        check_page(client.post(address, data={**FAY, "email": "gus@example.com"}), 404)
    assert people.find_by_email(db, "gus@example.com") is None


def test_an_archived_cohort_takes_nobody_in(
    client: FlaskClient, db: Db, cast: Cast, link: Link
) -> None:
    address = link()
    cohorts.set_state(db, cast.ai7.id, CohortState.ARCHIVED)
    check_page(client.get(address), 404)


def test_the_last_place_goes_to_one_of_two(
    client: FlaskClient, db: Db, cast: Cast, link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = link(max_uses=1)
    make = accounts.create_account

    def cleo_is_faster(*args: object, **values: object) -> object:
        db["invites"].update_one({"max_uses": 1}, {"$push": {"people": cast.cleo.id}})
        return make(*args, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(accounts, "create_account", cleo_is_faster)
    page = check_page(client.post(address, data=FAY), 404)
    assert "The last place has just been taken" in page
    assert place_of(db, cast, "fay@example.com") is None
    assert is_signed_in(client)  # her account stays, for the next link


def test_a_second_click_joins_once(client: FlaskClient, db: Db, cast: Cast, link: Link) -> None:
    address = link()
    client.post(address, data=FAY)
    assert client.post(address, data=FAY).location == "/"
    person = people.find_by_email(db, "fay@example.com")
    assert person is not None
    whole = find_person(db, person.id)
    assert whole is not None
    assert len(whole.enrolments) == 1


def test_making_accounts_has_a_limit(client: FlaskClient, cast: Cast, link: Link) -> None:
    address = link()
    tries = [client.post(address).status_code for _ in range(61)]
    assert tries == [422] * 60 + [429]


def test_an_invitation_runs_out_to_the_second(
    client: FlaskClient, db: Db, cast: Cast, link: Link
) -> None:
    address = link()
    db["invites"].update_one({}, {"$set": {"expires_at": utc_now() - timedelta(seconds=1)}})
    check_page(client.get(address), 404)
