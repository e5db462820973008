"""A cohort taken out: its curriculum as a file, and everything that staff may read as a ZIP."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile

import pytest
from flask.testing import FlaskClient

from blueprints.curriculum.packing import CHUNK, packed
from tests.cast import NOON, Cast
from tests.helping import ERROR, answers, asks, learner, says
from tests.pages.browser import check_page, sign_in
from tracker.curricula.reading import decode, read_curriculum
from tracker.documents.enrolments import set_role
from tracker.documents.schema import Db
from tracker.models import ProjectNote, Retrospective, Role, Verdict, Visibility
from tracker.reports.cohort_out import Sheet
from tracker.reports.threads import lesson_subject
from tracker.use_cases.commenting import Draft, add_comment
from tracker.use_cases.importing_curricula import import_curriculum
from tracker.use_cases.looking_back import save_project_note, save_retrospective
from tracker.use_cases.staff_notes import add_note

HOME = "/cohorts/ai-7/curriculum"


@pytest.fixture
def dana(client: FlaskClient, cast: Cast) -> FlaskClient:
    sign_in(client, cast.dana)
    return client


def taken_out(client: FlaskClient) -> dict[str, bytes]:
    answer = client.get("/cohorts/ai-7/export.zip")
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def rows(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def archive_sql(client: FlaskClient, cast: Cast) -> None:
    data = {"version": str(cast.ai7.curriculum_version), "confirm": "1"}
    assert client.post(f"{HOME}/archive-lesson/sql", data=data).location == HOME


def test_the_file_of_the_curriculum_is_imported_without_changes(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    answer = dana.get("/cohorts/ai-7/curriculum.yaml")

    assert "ai-7.yaml" in answer.headers["Content-Disposition"]
    file = read_curriculum(decode(answer.data))
    assert import_curriculum(db, file, by=None, at=NOON) == []
    assert file.steps[1].lessons[2].title == "가상화와 클라우드"


def test_logs_on_archived_lessons_are_taken_out_too(dana: FlaskClient, db: Db, cast: Cast) -> None:
    cast.ada_logs(db, "sql", line="=1+1", note="two\nlines", key_points=("a", "b"), minutes=30)
    cast.ada_logs(db, "django", understanding=4)
    archive_sql(dana, cast)

    logs = {row["lesson_key"]: row for row in rows(taken_out(dana)["logs.csv"])}

    assert logs.keys() == {"sql", "django"}
    assert logs["sql"]["line"] == "'=1+1"
    assert logs["sql"]["note"] == "two\nlines"
    assert (logs["sql"]["in_curriculum"], logs["django"]["in_curriculum"]) == ("", "yes")
    assert (logs["django"]["name"], logs["django"]["understanding"]) == ("Ada", "4")


def test_what_only_its_author_can_read_stays_in(dana: FlaskClient, db: Db, cast: Cast) -> None:
    subject = lesson_subject(cast.lessons["sql"].id)
    for visibility in Visibility:
        draft = Draft(f"for {visibility}", visibility, subject, "SQL")
        add_comment(db, cast.reader("ada"), draft, at=NOON)
    note = ProjectNote(cast.ada_place.id, cast.curriculum.projects[0].id, note="a secret")
    save_project_note(db, cast.ai7.id, note, by=cast.ada.id, at=NOON)
    look = Retrospective(cast.ada_place.id, cast.curriculum.steps[0].id, good="+82", lacking="time")
    save_retrospective(db, cast.ai7.id, look, by=cast.ada.id, at=NOON)

    files = taken_out(dana)

    assert {row["text"] for row in rows(files["comments.csv"])} == {"for staff", "for cohort"}
    (back,) = rows(files["retrospectives.csv"])
    assert (back["good"], back["lacking"], back["step"]) == ("'+82", "time", "1")
    everything = b"".join(files.values())
    for secret in (b"a secret", b"for me", cast.ada.password_hash.encode(), b"argon2"):
        assert secret not in everything
    assert cast.cleo.email.encode() not in everything
    people = {row["name"]: row for row in rows(files["people.csv"])}
    assert people.keys() == {"Ada", "Ben", "Dana"}
    assert people["Ada"]["status"] == "active"


def test_help_is_taken_out_with_its_answers(dana: FlaskClient, db: Db, cast: Cast) -> None:
    request, problem = asks(db, cast, tried="=1+1")
    asks(db, cast, "", tried="Why?", by=learner(db, cast, "Eve"), lesson=None)
    answers(db, cast, problem, "Stop\nthe other one.")
    says(db, cast, request, Verdict.STILL)
    asks(db, cast, by=(cast.cleo, cast.cleo_place), lesson=None)

    files = taken_out(dana)

    asked = {row["name"]: row for row in rows(files["help_requests.csv"])}
    assert {name: row["tried"] for name, row in asked.items()} == {"Ada": "'=1+1", "Eve": "Why?"}
    ada = asked["Ada"]
    assert (ada["email"], ada["lesson_key"], ada["error"]) == (cast.ada.email, "sql", ERROR)
    assert (ada["verdict"], ada["verdict_on_answer"], ada["counts"]) == ("still", "1", "yes")
    found = {row["id"]: row for row in rows(files["problems.csv"])}
    assert found.keys() == {row["problem_id"] for row in asked.values()}
    told = found[ada["problem_id"]]
    assert (told["answer"], told["answered_by"]) == ("Stop\nthe other one.", "Ben")
    assert (told["state"], told["owner"], told["still"]) == ("taken", "Ben", "1")


def test_notes_of_staff_are_taken_out_but_for_deleted_ones(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    for words in ("Works best in pairs", "a slip"):
        add_note(db, cast.reader("ben"), cast.ada_place, words, at=NOON)
    slip = db["staff_notes"].update_one({"text": "a slip"}, {"$set": {"deleted_at": NOON}})
    assert slip.matched_count == 1

    (note,) = rows(taken_out(dana)["staff_notes.csv"])

    assert (note["name"], note["author"], note["text"]) == ("Ada", "Ben", "Works best in pairs")
    assert note["written_at"] == "2031-03-13T12:00:00+09:00"


def test_who_no_longer_learns_is_taken_out_too(dana: FlaskClient, db: Db, cast: Cast) -> None:
    cast.ada_logs(db, "sql", line="joins at last")
    set_role(db, cast.ai7.id, [cast.ada_place.id], Role.COACH)

    (log,) = rows(taken_out(dana)["logs.csv"])

    assert log["line"] == "joins at last"


def test_who_takes_a_cohort_out_is_noted(dana: FlaskClient, db: Db, cast: Cast) -> None:
    taken_out(dana)

    (deed,) = db["activity"].find({"verb": "exported_cohort"})
    assert deed["actor_id"] == cast.dana.id


def test_the_archive_never_stands_in_memory() -> None:
    note = "".join(chr(0xAC00 + number * 7919 % 11_000) for number in range(20_000))
    many = (["Ada", f"{number}{note}"] for number in range(1_000))
    tracemalloc.start()
    sizes = [len(chunk) for chunk in packed("", [Sheet("logs.csv", ("a", "b"), many)], at=NOON)]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert max(sizes) < 4 * CHUNK
    assert most < 3_000_000


def test_ada_and_ben_read_what_she_logged_on_a_lesson_that_left(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    cast.ada_logs(db, "sql", line="joins at last")
    archive_sql(dana, cast)
    learner = f"/cohorts/ai-7/learners/{cast.ada_place.id}"
    for person in (cast.ada, cast.ben):
        dana.post("/logout")
        sign_in(dana, person)
        page = check_page(dana.get(learner))
        assert f"{learner}/lessons/sql" in page
        assert 'id="left-title"' in page
        assert "joins at last" in check_page(dana.get(f"{learner}/lessons/sql"))


def test_posts_keep_what_was_logged_on_a_lesson_that_left(
    dana: FlaskClient, db: Db, cast: Cast
) -> None:
    cast.ada_logs(db, "sql", note="joins at last")
    archive_sql(dana, cast)
    data = {"version": str(cast.ai7.curriculum_version + 1), "confirm": "1"}
    assert dana.post(f"{HOME}/archive-step/step-2", data=data).location == HOME
    dana.post("/logout")
    sign_in(dana, cast.ada)

    with zipfile.ZipFile(io.BytesIO(dana.get("/posts/export").data)) as archive:
        texts = "".join(archive.read(name).decode() for name in archive.namelist())

    assert texts.count("joins at last") == 1
