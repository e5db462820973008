"""The house rules of pages: who gets in, how much is asked, what every page has."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from blueprints.support.access import UndeclaredView, refuse_undeclared_views
from blueprints.support.headers import HEADERS
from tests.cast import Cast
from tests.database import QUERIES
from tests.helping import ERROR, asks, stands_in_queue
from tests.pages.browser import check_page, sign_in
from tests.pages.table import COHORT, TABLE
from tracker.clock import utc_now
from tracker.documents import cohorts, staff_notes
from tracker.documents.schema import Db
from tracker.models import CohortState, Person, Visibility
from tracker.reports import membership
from tracker.reports.threads import lesson_subject
from tracker.use_cases.accounts import create_admin
from tracker.use_cases.commenting import Draft, add_comment
from tracker.use_cases.importing_people import keep_draft, read_people

MOST_QUERIES = 6
WHOLE = {"curriculum.export", "posts.export"}  # everything there is, in one file


SLUG = "한글-슬러그"
READERS = ("nobody", "ada", "ben", "cleo", "dana", "admin")


@pytest.fixture
def places(cast: Cast, db: Db) -> dict[str, str]:
    """Return what stands in the table's addresses; Ada has logged SQL and asked for help on it."""
    cast.ada_logs(db, "sql", line="joins")
    subject = lesson_subject(cast.lessons["sql"].id)
    draft = Draft("Why twice?", Visibility.COHORT, subject, "SQL")
    comment = add_comment(db, cast.reader("ada"), draft, at=utc_now())
    request, problem = asks(db, cast, ERROR)
    note = staff_notes.add(db, cast.ada_place, cast.ben, "Likes to pair", at=utc_now())
    roster = b"name,email\nEve,eve@example.org\n"
    draft_import, _ = read_people(
        db, cast.ai7, roster, by=cast.dana.id, file_name="people.csv", at=utc_now()
    )
    keep_draft(db, draft_import)
    return {
        "REQUEST": request,
        "PROBLEM": problem.id,
        "TICKET": stands_in_queue(db, cast),
        "BATCH": draft_import.id,
        "NOTE": note.id,
        "ADA": cast.ada_place.id,
        "BEN": cast.ben_place.id,
        "CLEO": cast.cleo_place.id,
        "SUBJECT": subject,
        "COMMENT": comment.id,
    }


def person_called(name: str, cast: Cast, db: Db) -> Person | None:
    if name == "admin":
        return create_admin(
            db, email="eve@example.com", name="Eve", password="correct horse", at=utc_now()
        )
    return None if name == "nobody" else getattr(cast, name)  # type: ignore[no-any-return]


def address(path: str, places: dict[str, str]) -> str:
    for name, value in places.items():
        path = path.replace(name, value)
    return path


@pytest.mark.parametrize("name", READERS)
def test_everyone_gets_what_the_table_says(
    name: str, client: FlaskClient, cast: Cast, db: Db, places: dict[str, str]
) -> None:
    person = person_called(name, cast, db)
    wrong = []
    for each in TABLE:
        client.delete_cookie("session")
        client.delete_cookie("remember_token")
        if person:
            sign_in(client, person)
        status = client.open(address(each.path, places), method=each.method).status_code
        expected = each.statuses[READERS.index(name)]
        if status != expected:
            wrong.append(f"{each.method} {each.path}: {status}, not {expected}")
    assert not wrong, "\n".join(wrong)


def test_the_table_has_every_endpoint(app: Flask) -> None:
    assert {each.endpoint for each in TABLE} == set(app.view_functions)


def test_a_method_that_an_address_does_not_take_is_answered_with_those_it_does(
    client: FlaskClient,
) -> None:
    answer = client.post("/healthz")
    check_page(answer, 405)
    assert set(answer.allow) == {"GET", "HEAD", "OPTIONS"}
    assert set(client.get("/logout").allow) == {"POST", "OPTIONS"}


def test_a_view_that_does_not_say_who_may_enter_stops_the_start() -> None:
    app = Flask("undeclared", static_folder=None)
    app.add_url_rule("/", "open", lambda: "")
    with pytest.raises(UndeclaredView, match="open"):
        refuse_undeclared_views(app)


PAGES = [each for each in TABLE if each.method == "GET" and 200 in each.statuses]


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", ["ada", "ben", "dana"])
def test_every_page_is_well_made_and_asks_little(
    name: str, language: str, client: FlaskClient, cast: Cast, db: Db, places: dict[str, str]
) -> None:
    """A title that begins with the one h1, unique ids, at most 6 queries."""
    sign_in(client, getattr(cast, name))
    client.post("/preferences", data={"language": language})
    dear = []
    for each in PAGES:
        if each.statuses[READERS.index(name)] != 200:
            continue
        client.get(address(each.path, places))  # the curriculum is read once for each process
        QUERIES.names.clear()
        response = client.get(address(each.path, places))
        if len(QUERIES.names) > MOST_QUERIES and each.endpoint not in WHOLE:
            dear.append(f"{each.path}: {QUERIES.names}")
        if response.mimetype == "text/html" and response.status_code == 200:
            assert f'<html lang="{language}"' in check_page(response)
        for header, value in HEADERS.items():
            assert response.headers[header] == value
    assert not dear, "\n".join(dear)


@pytest.mark.parametrize("name", ["ada", "dana"])
def test_a_server_can_send_every_header_of_a_cohort_with_a_korean_address(
    name: str, client: FlaskClient, cast: Cast, db: Db, places: dict[str, str]
) -> None:
    """A header holds Latin-1 alone; the test's client would take any."""
    db["cohorts"].update_one({"slug": "ai-7"}, {"$set": {"slug": SLUG}})
    sign_in(client, getattr(cast, name))
    asked = [
        (each.method, each.path) for each in PAGES if each.statuses[READERS.index(name)] == 200
    ]
    if name == "dana":
        asked += [("POST", f"{COHORT}/people/imports/BATCH/confirm")]
        asked += [("POST", f"{COHORT}/people/imports/BATCH/links")]
    files = 0
    for method, path in asked:
        answer = client.open(address(path, places).replace("ai-7", SLUG), method=method)
        assert answer.status_code in {200, 302}, path
        files += "attachment" in answer.headers.get("Content-Disposition", "")
        for header, value in answer.headers:
            assert value.isascii(), (path, header, value)
    assert files == (9 if name == "dana" else 1)


def test_an_unchanged_dashboard_costs_one_read(
    client: FlaskClient, cast: Cast, db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(membership, "PERSON_SECONDS", 1e9)
    sign_in(client, cast.ben)
    for path in ("/dashboard", "/dashboard/matrix.json", "/dashboard/version"):
        client.get(COHORT + path)
        first = client.get(COHORT + path)
        QUERIES.names.clear()
        again = client.get(COHORT + path, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
        assert QUERIES.names == ["find cohorts"]


def test_a_learners_page_costs_three_reads(
    client: FlaskClient, cast: Cast, db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(membership, "PERSON_SECONDS", 1e9)
    sign_in(client, cast.ben)
    address = f"{COHORT}/learners/{cast.ada_place.id}"
    client.get(address)
    cast.ada_logs(db, "sql", line="joins")
    client.get(address)
    QUERIES.names.clear()
    assert "joins" in client.get(address).text
    assert QUERIES.names == ["find cohorts", "find journals", "find staff_notes"]


def test_a_change_is_seen_in_the_very_next_read(client: FlaskClient, cast: Cast, db: Db) -> None:
    sign_in(client, cast.ben)
    first = client.get(f"{COHORT}/dashboard/matrix.json")
    cast.ada_logs(db, "django")
    again = client.get(
        f"{COHORT}/dashboard/matrix.json", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 200
    (ada,) = again.json["learners"]
    assert (ada["id"], ada["name"], ada["marks"]) == (cast.ada_place.id, "Ada", "....+.")


def test_an_archived_cohort_is_read_only(client: FlaskClient, cast: Cast, db: Db) -> None:
    cohorts.set_state(db, cast.ai7.id, CohortState.ARCHIVED)
    sign_in(client, cast.ada)
    check_page(client.get(f"{COHORT}/lessons/sql"))
    assert client.post(f"{COHORT}/lessons/sql/log", data={"state": "done"}).status_code == 403


def test_a_draft_is_for_staff_alone(client: FlaskClient, cast: Cast, db: Db) -> None:
    cohorts.set_state(db, cast.ai7.id, CohortState.DRAFT)
    sign_in(client, cast.ada)
    assert client.get(f"{COHORT}/").status_code == 404
    client.post("/logout")
    sign_in(client, cast.ben)
    check_page(client.get(f"{COHORT}/"))
