"""An archived cohort is read-only, whatever is sent to whichever address."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.pages.browser import check_page, sign_in
from tests.pages.table import TABLE, Row
from tests.pages.test_every_page import READERS, address, person_called, places
from tracker.documents import cohorts
from tracker.documents.schema import Db
from tracker.models import CohortState

__all__ = ["places"]

HOME = "/cohorts/ai-7/curriculum"
ELSEWHERE = {"curriculum.state", "curriculum.copy", "auth.login", "auth.logout", "auth.account"}
"""What may be sent all the same: opening it again, another cohort, one's own account."""
ELSEWHERE |= {"auth.change_password", "auth.preferences", "lessons.preview"}
ELSEWHERE |= {"people.view_as", "people.stop_viewing"}  # looking on
OF_PEOPLE = {"people", "rate_limit_counters", "rate_limit_windows"}


def sent(row: Row) -> bool:
    return row.method == "POST" and row.endpoint not in ELSEWHERE


def contents(db: Db) -> dict[str, list[object]]:
    names = set(db.list_collection_names()) - OF_PEOPLE
    return {name: list(db[name].find().sort("_id", 1)) for name in names}


@pytest.mark.parametrize("name", [name for name in READERS if name != "cleo"])
def test_nobody_changes_anything_in_an_archived_cohort(
    name: str, client: FlaskClient, cast: Cast, db: Db, places: dict[str, str]
) -> None:
    person = person_called(name, cast, db)
    cohorts.set_state(db, cast.ai7.id, CohortState.ARCHIVED)
    if person:
        sign_in(client, person)
    before, open_doors = contents(db), []
    for row in filter(sent, TABLE):
        status = client.open(address(row.path, places), method="POST", data=FILLED).status_code
        refused = status in {403, 404} if person else status in {302, 404}
        if not refused:
            open_doors.append(f"{row.path}: {status}")
    assert not open_doors
    assert contents(db) == before


FILLED = {
    "state": "done",
    "line": "late",
    "revision": "1",
    "note": "late",
    "text": "late",
    "good": "late",
    "role": "learner",
    "days": "14",
    "uses": "4",
    "visibility": "cohort",
    "since": "2031-03-03",
    "count": "1",
    "version": "1",
    "confirm": "1",
}


def test_its_curriculum_can_be_read_copied_and_taken_out(
    client: FlaskClient, cast: Cast, db: Db
) -> None:
    cohorts.set_state(db, cast.ai7.id, CohortState.ARCHIVED)
    sign_in(client, cast.dana)

    page = check_page(client.get(HOME))

    assert "/curriculum/lesson/" not in page
    for path in ("/copy", "/curriculum.yaml", "/export.zip"):
        assert client.get(f"/cohorts/ai-7{path}").status_code == 200
    assert client.post("/cohorts/ai-7/state", data={"state": "active"}).location == HOME
    assert cohorts.get(db, cast.ai7.id).state is CohortState.ACTIVE


def test_posts_of_an_archived_cohort_offer_no_import(
    client: FlaskClient, cast: Cast, db: Db
) -> None:
    sign_in(client, cast.ada)
    assert "/posts/import" in check_page(client.get("/posts/"))
    cohorts.set_state(db, cast.ai7.id, CohortState.ARCHIVED)
    assert "/posts/import" not in check_page(client.get("/posts/"))
