"""Joining a cohort through an invitation, with a new account or the one that one has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
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


def test_looking_at_an_invitation_takes_no_place(
    client: FlaskClient, db: Db, cast: Cast, link: Link
) -> None:
    address = link()
    sign_in(client, cast.cleo)
    assert client.get(address).status_code == 200
    assert client.head(address).status_code == 200
    assert place_of(db, cast, cast.cleo.email) is None


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
        ({"email": f"{'ß' * 32}@{'x' * 63}.{'y' * 63}.{'z' * 63}.example"}, "At most 254"),
        ({"email": ""}, "This field is required."),
        ({"name": ""}, "This field is required."),
        ({"name": "Fay" * 50_000}, "At most 100 characters"),
        ({"password": "fay@example.com"}, "easy to guess"),
        ({"password": ""}, "This field is required."),
        ({"language": "xx"}, "Not a valid choice."),
    ],
)
def test_a_wrong_account_is_refused_with_the_reason(
    client: FlaskClient, db: Db, link: Link, wrong: dict[str, str], words: str
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
