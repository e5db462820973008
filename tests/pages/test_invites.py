"""A manager's invitations to the cohort."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.pages.browser import check_page, sign_in
from tracker.clock import utc_now
from tracker.documents import cohorts, invites
from tracker.documents.schema import Db
from tracker.models import CohortState, Role
from tracker.use_cases.accounts import create_admin
from tracker.use_cases.joining import invite

ADDRESS = "/cohorts/ai-7/invites"
LEARNERS = {"role": "learner", "days": "14", "uses": "40"}


def in_english(client: FlaskClient) -> None:
    client.post("/preferences", data={"language": "en"})


def test_dana_makes_a_link_and_sees_it_once(client: FlaskClient, db: Db, cast: Cast) -> None:
    sign_in(client, cast.dana)
    check_page(client.get(ADDRESS))
    assert client.post(ADDRESS, data=LEARNERS).location == ADDRESS
    page = check_page(client.get(ADDRESS))
    assert 'data-copy="#invite-link"' in page
    (link,) = re.findall(r'value="http://localhost(/join/[^"]+)"', page)
    assert "/join/" not in check_page(client.get(ADDRESS))
    client.post("/logout")
    check_page(client.get(link))


def test_only_the_hash_of_a_link_is_stored(client: FlaskClient, db: Db, cast: Cast) -> None:
    sign_in(client, cast.dana)
    client.post(ADDRESS, data=LEARNERS)
    token = re.findall(r"/join/([^\"]+)\"", client.get(ADDRESS).text)[0]
    assert token not in str(list(db["invites"].find()) + list(db["activity"].find()))


def test_what_dana_chose_is_what_is_made(client: FlaskClient, db: Db, cast: Cast) -> None:
    sign_in(client, cast.dana)
    client.post(ADDRESS, data={"role": "coach", "days": "60", "uses": "500"})
    (made,) = invites.list_for_cohort(db, cast.ai7.id)
    assert (made.role, made.max_uses) == (Role.COACH, 500)
    assert (made.expires_at - utc_now()).days == 59


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "admin"},
        {"role": ""},
        {"days": "0"},
        {"days": "61"},
        {"days": "-1"},
        {"days": "1.5"},
        {"days": "\x00"},
        {"days": ""},
        {"days": "9" * 5000},
        {"uses": "0"},
        {"uses": "501"},
        {"uses": "many <b>"},
    ],
)
def test_a_wrong_invitation_is_refused_and_kept(
    client: FlaskClient, db: Db, cast: Cast, wrong: dict[str, str]
) -> None:
    sign_in(client, cast.dana)
    page = check_page(client.post(ADDRESS, data={**LEARNERS, "uses": "39", **wrong}), 422)
    assert "uses" in wrong or 'value="39"' in page
    assert invites.list_for_cohort(db, cast.ai7.id) == []


def test_looking_makes_no_invitation(client: FlaskClient, db: Db, cast: Cast) -> None:
    sign_in(client, cast.dana)
    for answer in (client.get(ADDRESS), client.head(ADDRESS)):
        assert answer.status_code == 200
    assert invites.list_for_cohort(db, cast.ai7.id) == []


def test_dana_ends_an_invitation(client: FlaskClient, db: Db, cast: Cast) -> None:
    sign_in(client, cast.dana)
    in_english(client)
    client.post(ADDRESS, data=LEARNERS)
    link = re.findall(r"/join/[^\"]+", client.get(ADDRESS).text)[0]
    (made,) = invites.list_for_cohort(db, cast.ai7.id)
    assert client.post(f"{ADDRESS}/{made.id}/revoke").location == ADDRESS
    page = check_page(client.get(ADDRESS))
    assert "Ended" in page
    assert "/revoke" not in page
    client.post("/logout")
    check_page(client.get(link), 404)


def test_the_list_tells_why_an_invitation_is_over(client: FlaskClient, db: Db, cast: Cast) -> None:
    for role, days, uses in ((Role.LEARNER, 0, 5), (Role.COACH, 9, 1), (Role.MANAGER, 9, 7)):
        invite(db, cast.ai7.id, role, days=days, max_uses=uses, by=cast.dana.id, at=utc_now())
    db["invites"].update_one({"role": "coach"}, {"$push": {"people": cast.cleo.id}})
    sign_in(client, cast.dana)
    in_english(client)
    page = check_page(client.get(ADDRESS))
    for words in ("Expired", "Used up", "Open", "0 / 5", "1 / 1", "0 / 7"):
        assert words in page


@pytest.mark.parametrize(("name", "status"), [("ada", 403), ("ben", 403), ("cleo", 404)])
def test_only_a_manager_may_invite(
    client: FlaskClient, db: Db, cast: Cast, name: str, status: int
) -> None:
    sign_in(client, getattr(cast, name))
    check_page(client.get(ADDRESS), status)
    check_page(client.post(ADDRESS, data=LEARNERS), status)
    check_page(client.post(f"{ADDRESS}/{'a' * 64}/revoke"), status)
    assert invites.list_for_cohort(db, cast.ai7.id) == []


def test_an_administrator_may_invite(client: FlaskClient, db: Db, cast: Cast) -> None:
    admin = create_admin(
        db, email="eve@example.com", name="Eve", password="staple battery", at=utc_now()
    )
    sign_in(client, admin, "staple battery")
    assert client.post(ADDRESS, data=LEARNERS).location == ADDRESS


def test_an_archived_cohort_invites_nobody(client: FlaskClient, db: Db, cast: Cast) -> None:
    cohorts.set_state(db, cast.ai7.id, CohortState.ARCHIVED)
    sign_in(client, cast.dana)
    check_page(client.get(ADDRESS), 403)
    check_page(client.post(ADDRESS, data=LEARNERS), 403)


@pytest.mark.parametrize("invite_id", ["x", "a" * 63, "a" * 64, "Z" * 64, "%00" * 64, "$ne"])
def test_there_is_nothing_to_end_under_another_id(
    client: FlaskClient, cast: Cast, invite_id: str
) -> None:
    sign_in(client, cast.dana)
    check_page(client.post(f"{ADDRESS}/{invite_id}/revoke"), 404)


def test_the_manager_of_one_cohort_ends_nothing_of_another(
    client: FlaskClient, db: Db, cast: Cast
) -> None:
    invite(db, cast.web3.id, Role.LEARNER, days=9, max_uses=9, by=cast.cleo.id, at=utc_now())
    (theirs,) = invites.list_for_cohort(db, cast.web3.id)
    sign_in(client, cast.dana)
    check_page(client.post(f"{ADDRESS}/{theirs.id}/revoke"), 404)
    assert invites.list_for_cohort(db, cast.web3.id) == [theirs]


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, cast: Cast) -> None:
    assert client.get(ADDRESS).location == f"/login?next={ADDRESS}"
