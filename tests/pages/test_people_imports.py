"""Dana brings in people from a file: sees first, confirms, hands out links, takes it back."""

from __future__ import annotations

import csv
import io
import re
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.cast import PASSWORD, Cast
from tests.crashing import Killed, dying_at
from tests.pages.browser import check_page, sign_in
from tests.test_commands import run
from tracker.clock import utc_now
from tracker.documents import enrolments, marks, people
from tracker.documents.schema import Db
from tracker.errors import Conflict
from tracker.models import Cohort, Enrolment, Person, Role, Status
from tracker.rosters.reading import read_roster
from tracker.use_cases import checking
from tracker.use_cases.checking import check
from tracker.use_cases.confirming_people import apply_import, undo_import
from tracker.use_cases.importing_people import import_for, keep_draft, read_people
from tracker.use_cases.joining import enrol

ADDRESS = "/cohorts/ai-7/people/imports"
FILE = """이름,이메일,역할,코치,상태
Ada,ada@example.com,,ben@example.com,
Cleo,cleo@example.com,,finn@example.org,
Finn,finn@example.org,코치,,
Eve,EVE@example.org,수강생,finn@example.org,
"""


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PAUSE", 0.0)


@pytest.fixture
def dana(client: FlaskClient, cast: Cast) -> FlaskClient:
    """Dana's browser, in English."""
    sign_in(client, cast.dana)
    client.post("/preferences", data={"language": "en"})
    return client


def upload(client: FlaskClient, text: str | bytes = FILE, name: str = "people.csv") -> TestResponse:
    data = text.encode() if isinstance(text, str) else text
    return client.post(ADDRESS, data={"file": (io.BytesIO(data), name)})


def place_of(db: Db, cohort: Cohort, email: str) -> Enrolment:
    person = people.get_by_email(db, email)
    place = enrolments.find_for(db, cohort.id, person.id)
    assert place is not None
    return place


def state_of(db: Db, cast: Cast, email: str) -> tuple[str, str, str | None]:
    place = place_of(db, cast.ai7, email)
    return str(place.role), str(place.status), place.coach_id


def links_in(answer: TestResponse) -> dict[str, str]:
    assert answer.status_code == 200
    text = answer.data.decode("utf-8-sig")
    return {row[1]: row[2] for row in list(csv.reader(io.StringIO(text)))[1:]}


def test_nothing_changes_before_dana_has_seen_what_each_line_means(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    before = len(enrolments.list_for_cohort(db, cast.ai7.id))
    page = check_page(dana.get(upload(dana).location))
    for words in ("changes", "has an account, gets a place", "new account and place"):
        assert words in page
    assert len(enrolments.list_for_cohort(db, cast.ai7.id)) == before
    assert people.find_by_email(db, "eve@example.org") is None


def test_everybody_gets_their_place_role_and_coach(dana: FlaskClient, db: Db, cast: Cast) -> None:
    here = upload(dana).location
    assert dana.post(f"{here}/confirm").location == here
    finn = place_of(db, cast.ai7, "finn@example.org").id
    assert state_of(db, cast, "ada@example.com") == ("learner", "active", cast.ben_place.id)
    assert state_of(db, cast, "cleo@example.com") == ("learner", "active", finn)
    assert state_of(db, cast, "finn@example.org") == ("coach", "invited", None)
    assert state_of(db, cast, "eve@example.org") == ("learner", "invited", finn)
    place = place_of(db, cast.ai7, "eve@example.org")
    row = marks.find_rows(db, [place]).get(place.id)
    assert row is not None
    assert (row.name, row.status, row.coach_id) == ("Eve", Status.INVITED, finn)
    assert check(db) == []


def test_the_same_file_again_changes_nothing(dana: FlaskClient, db: Db, cast: Cast) -> None:
    dana.post(f"{upload(dana).location}/confirm")
    page = check_page(dana.get(upload(dana).location))
    assert "4 lines: stays as it is" in page
    assert "there is nothing to do" in page
    assert "/confirm" not in page


def test_confirming_twice_enrols_once(dana: FlaskClient, db: Db, cast: Cast) -> None:
    here = upload(dana).location
    for _ in range(2):
        dana.post(f"{here}/confirm")
    assert db["people"].count_documents({"email": "eve@example.org"}) == 1
    assert db["activity"].count_documents({"verb": "imported_people"}) == 1


def test_new_people_get_a_link_that_is_given_out_once(
    dana: FlaskClient, db: Db, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    here = upload(dana).location
    dana.post(f"{here}/confirm")
    links = links_in(dana.post(f"{here}/links"))
    assert list(links) == ["finn@example.org", "eve@example.org"]
    assert dana.post(f"{here}/links").location == here
    assert "given out already" in check_page(dana.get(here))
    token = links["eve@example.org"].rpartition("/")[2]
    assert token not in caplog.text + str(list(db["activity"].find()))
    dana.post("/logout")
    new = {"password": "battery staple", "repeated": "battery staple"}
    assert dana.post(links["eve@example.org"], data=new).status_code == 302
    assert state_of(db, cast, "eve@example.org")[1] == "active"
    check_page(dana.get("/cohorts/ai-7/"))
    assert check(db) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Eve,eve@,,,", "Line 2 · Email “eve@”: is no email address"),
        ("Eve,eve@example.org,boss,,", "Line 2 · Role “boss”"),
        ("Eve,eve@example.org,,cleo@example.com,", "is no coach of this cohort"),
        ("Ben,ben@example.com,,ben@example.com,", "is for learners alone"),
        ("Dana,dana@example.com,learner,,", "is your own"),
        ("<b>,<b>@<b>,<b>,,", "“&lt;b&gt;@&lt;b&gt;”"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_kept(
    dana: FlaskClient, db: Db, cast: Cast, line: str, said: str
) -> None:
    page = check_page(upload(dana, f"name,email,role,coach,status\n{line}\n"), 422)
    assert said in page
    assert db["people_imports"].count_documents({}) == 0


@pytest.mark.parametrize("data", [b"", b"\x00", b"PK\x03\x04"])
def test_a_file_that_cannot_be_read_is_refused(dana: FlaskClient, data: bytes) -> None:
    assert 'role="alert"' in check_page(upload(dana, data), 422)
    check_page(dana.post(ADDRESS), 422)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_can_be_brought_in(dana: FlaskClient, kind: str, language: str) -> None:
    dana.post("/preferences", data={"language": language})
    template = dana.get(f"{ADDRESS}/template.{kind}").data
    assert read_roster(template).problems == ()
    assert upload(dana, template, f"people.{kind}").status_code == 302


def test_the_undo_takes_back_who_did_nothing_and_names_who_did(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    here = upload(dana).location
    dana.post(f"{here}/confirm")
    cleo = place_of(db, cast.ai7, "cleo@example.com")
    sign_in_again(dana, cast.cleo)
    form = {"state": "done", "line": "joins", "revision": "0"}
    dana.post("/cohorts/ai-7/lessons/sql/log", data=form)
    sign_in_again(dana, cast.dana)
    dana.post(f"{here}/undo")
    page = check_page(dana.get(here))
    assert re.search(r"have begun to work.*?Cleo.*?Line by line", page, re.S)
    assert enrolments.get(db, cleo.id).is_active
    assert state_of(db, cast, "ada@example.com") == ("learner", "active", None)
    assert state_of(db, cast, "eve@example.org")[1] == "dropped"
    assert place_of(db, cast.web3, "cleo@example.com").is_active
    eve = place_of(db, cast.ai7, "eve@example.org")
    assert "the import was undone" in check_page(dana.get(f"/cohorts/ai-7/people/{eve.id}"))
    assert check(db) == []


def sign_in_again(client: FlaskClient, person: Person) -> None:
    client.post("/logout")
    sign_in(client, person, PASSWORD)
    client.post("/preferences", data={"language": "en"})


def test_after_an_undo_the_file_brings_everybody_back(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    first = upload(dana).location
    dana.post(f"{first}/confirm")
    eve = place_of(db, cast.ai7, "eve@example.org")
    dana.post(f"{first}/undo")
    again = upload(dana).location
    assert "gets the place back" in check_page(dana.get(again))
    dana.post(f"{again}/confirm")
    assert place_of(db, cast.ai7, "eve@example.org").id == eve.id
    assert state_of(db, cast, "eve@example.org")[1] == "invited"
    dana.post(f"{first}/undo")
    assert state_of(db, cast, "eve@example.org")[1] == "invited"
    dana.post(f"{again}/undo")
    assert state_of(db, cast, "eve@example.org")[1] == "dropped"
    assert check(db) == []


def test_what_was_changed_since_stays_as_it_was_changed(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    text = "name,email,status\nAda,ada@example.com,paused\n"
    here = upload(dana, text).location
    dana.post(f"{here}/confirm")
    chosen = {"id": cast.ada_place.id, "status": "graduated"}
    dana.post("/cohorts/ai-7/people/status", data=chosen)
    dana.post(f"{here}/undo")
    assert state_of(db, cast, "ada@example.com")[1] == "graduated"


def test_a_draft_is_forgotten(dana: FlaskClient, db: Db, cast: Cast) -> None:
    here = upload(dana).location
    assert dana.post(f"{here}/undo").location == ADDRESS
    check_page(dana.get(here), 404)


def test_an_import_of_another_cohort_is_not_there(dana: FlaskClient, db: Db, cast: Cast) -> None:
    here = upload(dana).location
    enrol(db, cast.web3, cast.dana.id, Role.MANAGER, by=cast.dana.id, at=cast.at)
    for act in ("", "/confirm", "/undo", "/links"):
        address = here.replace("ai-7", "web-3") + act
        answer = dana.post(address) if act else dana.get(address)
        check_page(answer, 404)
    assert people.find_by_email(db, "eve@example.org") is None


@pytest.mark.parametrize("answered", [False, True])
def test_an_import_or_undo_that_was_killed_is_finished(db: Db, cast: Cast, answered: bool) -> None:
    cohort, by = cast.ai7, cast.dana.id
    draft, _ = read_people(db, cohort, FILE.encode(), by=by, file_name="f", at=utc_now())
    keep_draft(db, draft)
    for number in range(1, 9):
        with suppress(Killed):
            apply_import(
                dying_at(db, number, answered=answered), cohort, draft, by=by, at=utc_now()
            )
        with suppress(Conflict):  # it was begun, and is finished now
            assert check(db, repair=True) == []
            apply_import(db, cohort, draft, by=by, at=utc_now())
        assert state_of(db, cast, "eve@example.org")[1] == "invited"
        done = import_for(db, cohort, draft.id)
        with suppress(Killed):
            undo_import(dying_at(db, number, answered=answered), cohort, done, by=by, at=utc_now())
        assert check(db, repair=True) == []
        undo_import(db, cohort, import_for(db, cohort, draft.id), by=by, at=utc_now())
        assert state_of(db, cast, "eve@example.org")[1] == "dropped"
        draft, _ = read_people(db, cohort, FILE.encode(), by=by, file_name="f", at=utc_now())
        keep_draft(db, draft)


def test_the_command_does_the_same(app: Flask, db: Db, cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(FILE, encoding="cp949")
    arguments = ("people", "import", str(file), "--cohort", "ai-7")
    dry = run(app, *arguments, "--dry-run").output.splitlines()
    assert dry[0] == "line 2: ada@example.com: changes"
    assert dry[-1] == "dry run: nothing was written"
    assert people.find_by_email(db, "eve@example.org") is None
    lines = run(app, *arguments).output.splitlines()
    assert lines[3] == "line 5: eve@example.org: new account and place"
    assert lines[5].startswith("eve@example.org  http")
    assert len(lines) == 6
    again = run(app, *arguments).output
    assert again == "".join(f"{line.rpartition(': ')[0]}: stays as it is\n" for line in lines[:4])
    file.write_text("name,email\n,eve@\n", encoding="utf-8")
    wrong = run(app, *arguments)
    assert wrong.exit_code == 1
    assert wrong.output.splitlines() == [
        "Error: line 2: Name: is empty; write the person's name",
        "line 2: Email “eve@”: is no email address; write it in full, like name@example.com",
    ]
    assert run(app, *arguments[:-1], "ai-99").output == "Error: no cohort 'ai-99'\n"
