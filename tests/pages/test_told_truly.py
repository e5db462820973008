"""What is so already, or cannot be, is told as it is: no rival who was faster, no empty success."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast, make_cast
from tests.helping import asks
from tests.pages.browser import check_page, sign_in
from tests.pages.table import COHORT
from tracker.clock import utc_now
from tracker.documents.schema import Db
from tracker.models import LogState, Person

LIST = f"{COHORT}/dashboard/attention"
FILE = b"name,email\nEve,eve@example.org\n"
PEOPLE = f"{COHORT}/people"


@pytest.fixture
def cast(db: Db) -> Cast:
    """The cast eight days ago, when Ada got stuck on SQL and fell silent."""
    cast = make_cast(db, at=utc_now() - timedelta(days=8))
    cast.ada_logs(db, "sql", LogState.STUCK)
    return cast


def enter(client: FlaskClient, person: Person) -> None:
    sign_in(client, person)
    client.post("/preferences", data={"language": "en"})


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_what_is_so_already_is_told_without_naming_a_rival(client: FlaskClient, cast: Cast) -> None:
    enter(client, cast.ben)
    for deed, data in (("stuck/contacted", {}), ("owner", {"take": "1"})):
        address = f"{LIST}/{cast.ada_place.id}/{deed}"
        client.post(address, data=data, follow_redirects=True)
        page = check_page(client.post(address, data=data, follow_redirects=True))
        assert "already." in words(page)
        assert "faster" not in page


def test_an_undone_import_has_no_links(client: FlaskClient, db: Db, cast: Cast) -> None:
    enter(client, cast.dana)
    file = {"file": (io.BytesIO(FILE), "people.csv")}
    here = client.post(f"{PEOPLE}/imports", data=file).location
    client.post(f"{here}/confirm")
    client.post(f"{here}/undo")
    assert client.post(f"{here}/links").location == here
    page = check_page(client.get(here))
    assert "There are no links" in page
    assert "given out already" not in page


def test_a_problem_that_is_ones_own_already_was_taken_by_no_colleague(
    client: FlaskClient, db: Db, cast: Cast
) -> None:
    _request, problem = asks(db, cast)
    enter(client, cast.ben)
    for _twice in range(2):
        client.post(f"{COHORT}/help/problems/{problem.id}/take")
    page = check_page(client.get(f"{COHORT}/help/problems/{problem.id}"))
    assert "taken already" in page
    assert "colleague has taken" not in page


def test_a_coach_who_changes_nothing_is_told_so(client: FlaskClient, db: Db, cast: Cast) -> None:
    enter(client, cast.dana)
    staff_only = {"id": cast.dana_place.id, "coach": cast.ben_place.id}
    to_oneself = {"of": cast.ben_place.id, "coach": cast.ben_place.id}
    for deed, data in (("coach", staff_only), ("handover", to_oneself)):
        page = check_page(client.post(f"{PEOPLE}/{deed}", data=data, follow_redirects=True))
        assert "Nothing was changed" in page
        assert "new coach" not in page
