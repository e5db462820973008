"""Ben looks at Today as Ada sees it: read-only, told in the activity, until he stops."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.database import QUERIES
from tests.pages.browser import check_page, sign_in
from tests.pages.table import TABLE
from tests.pages.test_every_page import MOST_QUERIES
from tracker.documents.schema import Db
from tracker.models import LogState, Status
from tracker.use_cases.managing_people import set_statuses

OTHERS = ("/posts/", "/account", "/cohorts/ai-7/lessons/sql", "/cohorts/ai-7/people")


@pytest.fixture
def ben(client: FlaskClient, db: Db, cast: Cast) -> FlaskClient:
    """Ben's browser, in English, in which he looks as Ada."""
    cast.ada_logs(db, "sql", LogState.STUCK, line="1045")
    sign_in(client, cast.ben)
    client.post("/preferences", data={"language": "en"})
    begun = client.post(f"/cohorts/ai-7/learners/{cast.ada_place.id}/view")
    assert begun.location == "/"
    return client


def test_ben_sees_today_and_the_lessons_as_ada_does(ben: FlaskClient, cast: Cast) -> None:
    for path in ("/", "/cohorts/ai-7/"):
        ben.get(path)  # the curriculum is read once for each process
        QUERIES.names.clear()
        page = check_page(ben.get(path))
        assert len(QUERIES.names) <= MOST_QUERIES + 1  # whose page it is
        assert "You see this as Ada does" in page
        assert "1045" in page
        assert "People" not in page
    assert 'class="line-form"' in ben.get("/").text
    assert '<fieldset class="viewed" disabled>' in ben.get("/").text


def test_no_link_leads_to_what_is_refused(ben: FlaskClient, cast: Cast) -> None:
    for path, status in (("/", 200), ("/cohorts/ai-7/", 200), ("/account", 403), ("/none", 403)):
        page = check_page(ben.get(path), status)
        links = re.findall(r'<a\b[^>]* href="(/[^"]*)"', page)
        assert links
        for address in set(links):
            assert ben.get(address).status_code == 200, (path, address)
    assert "SQL" in ben.get("/cohorts/ai-7/").text


def test_the_way_back_from_a_refusal_can_be_clicked(ben: FlaskClient) -> None:
    page = check_page(ben.get("/account"), 403)
    assert '<a class="btn btn-primary" href="/">' in page
    assert "<fieldset" not in page
    assert "no other page" in page


def test_each_use_is_told(ben: FlaskClient, db: Db, cast: Cast) -> None:
    (told,) = db["activity"].find({"verb": "viewed_as"})
    assert (told["actor_id"], told["subject"]) == (cast.ben.id, f"enrolment:{cast.ada_place.id}")


def test_nothing_can_be_changed_meanwhile(ben: FlaskClient, db: Db, cast: Cast) -> None:
    before = {name: list(db[name].find()) for name in db.list_collection_names()}
    for each in TABLE:
        open_still = each.endpoint in {"auth.logout", "people.stop_viewing", "static"}
        if each.method != "POST" or open_still:
            continue
        path = each.path.replace("ADA", cast.ada_place.id).replace("BATCH", "0" * 24)
        status = ben.post(path).status_code
        assert status in {403, 404}, each
    assert {name: list(db[name].find()) for name in before} == before


@pytest.mark.parametrize(
    "path",
    ["/posts/", "/posts/import", "/account", "/cohorts/ai-7/lessons/sql", "/cohorts/ai-7/people"],
)
def test_what_is_for_ada_alone_stays_hers(ben: FlaskClient, path: str) -> None:
    page = check_page(ben.get(path), 403)
    assert "Not while you look as a learner" in page
    assert "You see this as Ada does" in page


def test_ben_stops_and_is_himself_again(ben: FlaskClient, cast: Cast) -> None:
    here = f"/cohorts/ai-7/learners/{cast.ada_place.id}"
    assert ben.post("/viewing/stop").location == here
    page = check_page(ben.get(here))
    assert "You see this as" not in page
    assert ben.get("/").location == "/cohorts/ai-7/dashboard"


def test_who_coaches_no_more_sees_no_more(ben: FlaskClient, db: Db, cast: Cast) -> None:
    dana, place = cast.reader("dana"), [cast.ben_place.id]
    set_statuses(db, dana, place, Status.DROPPED, reason="", at=cast.at)
    assert "1045" not in ben.get("/").text
    check_page(ben.get("/cohorts/ai-7/"), 404)


def test_ada_cannot_look_as_anybody(client: FlaskClient, cast: Cast) -> None:
    sign_in(client, cast.ada)
    check_page(client.post(f"/cohorts/ai-7/learners/{cast.ada_place.id}/view"), 403)
    with client.session_transaction() as session:
        session["viewing"] = [cast.ben_place.id, "ai-7"]
    assert "Ben" not in check_page(client.get("/"))
