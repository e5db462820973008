"""What an import of people must not do: open accounts, forget who acted, drop who works."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.crashing import watched
from tests.pages.browser import check_page, sign_in
from tests.pages.test_people_imports import FILE, links_in, state_of, upload
from tracker.clock import utc_now
from tracker.documents import people
from tracker.documents.schema import Db
from tracker.models import Role
from tracker.use_cases.checking import check
from tracker.use_cases.confirming_people import apply_import, undo_import
from tracker.use_cases.importing_people import import_for, keep_draft, read_people
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


@pytest.mark.parametrize("number", [5, 9, 12, 15, 18, 21, 24, 27])
def test_an_undo_while_it_is_applied_leaves_nobody(db: Db, cast: Cast, number: int) -> None:
    cohort, by, seen = cast.ai7, cast.dana.id, 0
    before = state_of(db, cast, "ada@example.com")
    draft, _ = read_people(db, cohort, FILE.encode(), by=by, file_name="f", at=utc_now())
    keep_draft(db, draft)

    def undo_meanwhile(_name: str) -> None:
        nonlocal seen
        seen += import_for(db, cohort, draft.id).state != "draft"
        if seen == number:
            undo_import(db, cohort, import_for(db, cohort, draft.id), by=by, at=utc_now())

    done = apply_import(watched(db, before=undo_meanwhile), cohort, draft, at=utc_now())
    assert seen >= number
    assert done.state == "undone"
    assert state_of(db, cast, "ada@example.com") == before
    for email in ("cleo@example.com", "finn@example.org", "eve@example.org"):
        assert state_of(db, cast, email)[1] == "dropped"
    assert check(db) == []
