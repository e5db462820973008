"""What an import of people must not do: open accounts, forget who acted, drop who works."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.pages.browser import check_page, sign_in
from tests.pages.test_people_imports import links_in, upload
from tracker.documents import people
from tracker.documents.schema import Db
from tracker.models import Role
from tracker.use_cases.joining import enrol


@pytest.fixture
def dana(client: FlaskClient, cast: Cast) -> FlaskClient:
    """Dana's browser, in English."""
    sign_in(client, cast.dana)
    client.post("/preferences", data={"language": "en"})
    return client


def test_no_link_opens_an_account_that_dana_does_not_manage(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    boss = people.add(
        db, email="boss@example.org", name="B", password_hash="", at=cast.at, is_admin=True
    )
    gil = people.add(db, email="gil@example.org", name="Gil", password_hash="", at=cast.at)
    enrol(db, cast.web3, gil.id, Role.LEARNER, by=cast.dana.id, at=cast.at)
    lines = f"Boss,{boss.email}\nGil,{gil.email}\n"
    alone = upload(dana, f"name,email\n{lines}").location
    dana.post(f"{alone}/confirm")
    assert dana.post(f"{alone}/links").location == alone
    page = check_page(dana.get(alone))
    assert "No link for 2 people" in page
    assert f"{alone}/links" in page
    dana.post(f"{alone}/undo")
    here = upload(dana, f"name,email\n{lines}Eve,eve@example.org\n").location
    dana.post(f"{here}/confirm")
    assert list(links_in(dana.post(f"{here}/links"))) == ["eve@example.org"]
    assert "No link for 2 people" in check_page(dana.get(here))
