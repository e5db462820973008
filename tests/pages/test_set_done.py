"""Staff set a lesson done with a reason; every view and figure follows, Ada's entry stays."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.crashing import Killed, dying_at, interleaved
from tests.pages.browser import check_page, sign_in
from tracker.documents import log_revisions, marks
from tracker.documents.schema import Db
from tracker.errors import Conflict
from tracker.models import LessonLog, LogState, Person, Row
from tracker.reports.learners import log_of
from tracker.use_cases import checking
from tracker.use_cases.checking import check
from tracker.use_cases.setting_done import set_done, undo_done

SQL = "/cohorts/ai-7/lessons/sql"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PAUSE", 0.0)


def enter(client: FlaskClient, person: Person) -> None:
    client.post("/logout")
    sign_in(client, person)
    client.post("/preferences", data={"language": "en"})


def log_page(cast: Cast) -> str:
    return f"/cohorts/ai-7/learners/{cast.ada_place.id}/lessons/sql"


def sql_log(db: Db, cast: Cast) -> LessonLog:
    log = log_of(db, cast.ada_place, cast.lessons["sql"])
    assert log is not None
    return log


def ada_row(db: Db, cast: Cast) -> Row:
    row = marks.find_rows(db, [cast.ada_place]).get(cast.ada_place.id)
    assert row is not None
    return row


def dana_sets_done(db: Db, cast: Cast, at: datetime | None = None) -> None:
    sql = cast.lessons["sql"]
    set_done(db, cast.reader("dana"), cast.ada_place, sql, reason="Shown live", at=at or cast.at)


def dana_undoes(db: Db, cast: Cast, at: datetime | None = None) -> None:
    undo_done(db, cast.reader("dana"), cast.ada_place, cast.lessons["sql"], at=at or cast.at)


def test_a_stuck_lesson_is_set_done_and_undone(client: FlaskClient, db: Db, cast: Cast) -> None:
    cast.ada_logs(db, "sql", LogState.STUCK, line="1045")
    before = ada_row(db, cast)
    enter(client, cast.ben)
    address = log_page(cast)
    assert client.post(f"{address}/done", data={"reason": "Shown live"}).location == address
    page = check_page(client.get(address))
    assert "Done, set by Ben: Shown live" in page
    assert "1045" in page
    assert ada_row(db, cast).mark(3) == "+"
    assert ada_row(db, cast).stuck_since == {}
    assert sql_log(db, cast).entry.state is LogState.STUCK
    assert check(db) == []
    assert client.post(f"{address}/undone").location == address
    assert ada_row(db, cast) == before
    assert "Done, set by" not in check_page(client.get(address))
    assert [one["verb"] for one in db["activity"].find({"actor_id": cast.ben.id})] == [
        "set_done",
        "undid_done",
    ]
    assert "Shown live" not in str(list(db["activity"].find()))
    assert check(db) == []


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_a_reason_is_needed(client: FlaskClient, db: Db, cast: Cast, reason: str) -> None:
    enter(client, cast.ben)
    page = check_page(client.post(f"{log_page(cast)}/done", data={"reason": reason}), 422)
    assert reason.strip() in page
    assert log_of(db, cast.ada_place, cast.lessons["sql"]) is None


def test_every_page_shows_ada_and_staff_the_same(client: FlaskClient, db: Db, cast: Cast) -> None:
    dana_sets_done(db, cast)
    for person in (cast.ada, cast.dana):
        enter(client, person)
        for path in (f"/cohorts/ai-7/learners/{cast.ada_place.id}", log_page(cast)):
            assert "Done, set by Dana: Shown live" in check_page(client.get(path))
        matrix = client.get("/cohorts/ai-7/dashboard/matrix.json").json
        assert matrix["learners"][0]["marks"] == "...+.."
    enter(client, cast.ada)
    for path in ("/", "/cohorts/ai-7/", SQL):
        assert "Done, set by Dana: Shown live" in check_page(client.get(path))
    assert "1 / 3" in client.get("/").text


def test_a_log_that_only_staff_began_is_no_sign_of_the_learner(db: Db, cast: Cast) -> None:
    dana_sets_done(db, cast)
    assert ada_row(db, cast).logged_at is None
    assert db["activity"].count_documents({"verb": "saved"}) == 0
    assert check(db) == []


def test_ada_saves_over_it_as_if_it_were_not_there(client: FlaskClient, db: Db, cast: Cast) -> None:
    dana_sets_done(db, cast)
    enter(client, cast.ada)
    form = {"state": "in_progress", "line": "joins", "revision": "0"}
    assert client.post(f"{SQL}/log", data=form).status_code == 302
    log = sql_log(db, cast)
    assert (log.revision, log.entry.line, log.state) == (1, "joins", LogState.DONE)
    assert log_revisions.count_for(db, log.id) == 0
    assert 'value="in_progress" selected' in check_page(client.get("/"))
    assert ada_row(db, cast).mark(3) == "+"
    dana_undoes(db, cast)
    assert ada_row(db, cast).mark(3) == "-"
    assert check(db) == []


def test_since_when_follows_the_state_that_counts(db: Db, cast: Cast) -> None:
    hour = timedelta(hours=1)
    at = cast.at
    cast.ada_logs(db, "sql", LogState.STUCK)
    dana_sets_done(db, cast, at + hour)
    assert sql_log(db, cast).state_since == at + hour
    replace(cast, at=at + 2 * hour).ada_logs(db, "sql", LogState.IN_PROGRESS, revision=1)
    assert sql_log(db, cast).state_since == at + hour
    dana_undoes(db, cast, at + 3 * hour)
    assert sql_log(db, cast).state_since == at + 2 * hour
    dana_sets_done(db, cast, at + 4 * hour)
    replace(cast, at=at + 5 * hour).ada_logs(db, "sql", LogState.DONE, revision=2)
    dana_undoes(db, cast, at + 6 * hour)
    assert sql_log(db, cast).state_since == at + 4 * hour
    assert check(db) == []


def test_what_is_done_is_not_set_done_again(client: FlaskClient, db: Db, cast: Cast) -> None:
    enter(client, cast.ben)
    for words in ("Set done for Ada", "It was done already"):
        client.post(f"{log_page(cast)}/done", data={"reason": "Shown live"})
        assert words in client.get(log_page(cast)).text
    client.post(f"{log_page(cast)}/undone")
    client.post(f"{log_page(cast)}/undone")
    assert "It was undone already" in client.get(log_page(cast)).text
    assert sql_log(db, cast).completions == 2


@pytest.mark.parametrize("answered", [False, True])
@pytest.mark.parametrize("number", range(1, 6))
def test_killed_between_two_writes_the_figures_agree_again(
    db: Db, cast: Cast, number: int, answered: bool
) -> None:
    cast.ada_logs(db, "sql", LogState.STUCK)
    for act in (dana_sets_done, dana_undoes):
        with suppress(Killed, Conflict):
            act(dying_at(db, number, answered=answered), cast)
        assert check(db, repair=True) == []
    log = sql_log(db, cast)
    assert ada_row(db, cast).mark(3) == ("+" if log.completion else "!")


@pytest.mark.parametrize("schedule", [[0, 1] * 12, [1, 0] * 12, [0, 0, 1] * 9, [1, 1, 1, 0] * 6])
def test_a_save_and_a_completion_at_once_lose_nothing(
    db: Db, cast: Cast, schedule: list[int]
) -> None:
    cast.ada_logs(db, "sql", LogState.STUCK)

    def saves(target: Db) -> None:
        with suppress(Conflict):  # told to Ada, whose text is kept
            cast.ada_logs(target, "sql", LogState.IN_PROGRESS, revision=1)

    interleaved(db, schedule, lambda target: dana_sets_done(target, cast), saves)
    log = sql_log(db, cast)
    assert log.completion is not None
    assert check(db, repair=True) == []
