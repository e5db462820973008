"""Ada logs her lessons: what she types is kept, whatever happens."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.pages.browser import ENGLISH, check_page, sign_in
from tracker.documents import lesson_logs, log_revisions
from tracker.documents.schema import Db
from tracker.models import LessonLog, LogState
from tracker.reports.threads import log_subject
from tracker.use_cases.checking import check

LOG = "/cohorts/ai-7/lessons/sql/log"
LINE = "/cohorts/ai-7/lessons/sql/line"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ada(client: FlaskClient, cast: Cast) -> FlaskClient:
    sign_in(client, cast.ada)
    client.post("/preferences", data={"language": "en"}, headers=ENGLISH)
    return client


def log_of_sql(db: Db, cast: Cast) -> LessonLog:
    log = lesson_logs.find_for(db, cast.ada_place.id, cast.lessons["sql"].id)
    assert log is not None
    return log


def test_the_whole_ladder_is_saved(ada: FlaskClient, cast: Cast, db: Db) -> None:
    said = {
        "state": "stuck",
        "line": "  JOIN\tdoubles my rows ",
        "key_points": "- inner join\n\nouter join",
        "note": "# What I tried\r\n\r\n**everything**",
        "minutes": "90",
        "understanding": "2",
        "pace": "fast",
        "revision": "0",
    }
    assert ada.post(LOG, data=said).status_code == 302
    log = log_of_sql(db, cast)
    assert log.entry.line == "JOIN doubles my rows"
    assert log.entry.key_points == ("inner join", "outer join")
    assert (log.entry.minutes, log.entry.understanding, log.entry.pace) == (90, 2, "fast")
    assert "<strong>everything</strong>" in log.note_html
    page = check_page(ada.get("/cohorts/ai-7/lessons/sql"))
    assert "JOIN doubles my rows" in page


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"state": "sleeping"}, "Not a valid choice"),
        ({"minutes": "a lot"}, "Give minutes from 0 to 6,000."),
        ({"minutes": "-5"}, "Give minutes from 0 to 6,000."),
        ({"minutes": "9" * 400}, "Give minutes from 0 to 6,000."),
        ({"line": "x" * 301}, "At most 300 characters; shorten it by 1."),
        ({"note": "x" * 200_001}, "At most 200,000 characters; shorten it by 1."),
        ({"key_points": "a\n" * 21}, "At most 20 key points"),
        ({"key_points": "x" * 301}, "A key point may have 300 characters"),
        ({"understanding": "6"}, "Not a valid choice"),
        ({"pace": "warp"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    ada: FlaskClient, cast: Cast, db: Db, wrong: dict[str, str], message: str
) -> None:
    said = {"state": "done", "line": "kept line", "note": "kept note", "revision": "0", **wrong}
    page = check_page(ada.post(LOG, data=said), 422)
    assert message in page
    assert ("kept line" in page) or "line" in wrong
    assert ("kept note" in page) or "note" in wrong
    assert lesson_logs.find_for(db, cast.ada_place.id, cast.lessons["sql"].id) is None


def test_the_second_tab_is_told_and_keeps_its_text(ada: FlaskClient, cast: Cast, db: Db) -> None:
    ada.post(LOG, data={"state": "done", "line": "first tab", "revision": "0"})
    second = {"state": "stuck", "line": "second tab", "revision": "0"}
    page = check_page(ada.post(LOG, data=second), 409)
    assert "first tab" in page
    assert "second tab" in page
    assert 'name="revision" value="1"' in page
    ada.post(LOG, data={**second, "revision": "1"})
    log = log_of_sql(db, cast)
    assert (log.entry.line, log.revision) == ("second tab", 2)
    (former,) = log_revisions.list_for(db, log.id)
    assert former.entry.line == "first tab"
    assert check(db) == []


def test_a_line_on_today_leaves_the_note_alone(ada: FlaskClient, cast: Cast, db: Db) -> None:
    cast.ada_logs(db, "sql", LogState.IN_PROGRESS, note="a long note")
    answer = ada.post(LINE, data={"state": "done", "line": "joins", "revision": "1"}, headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<li class="lesson-row" id="row-sql">')
    log = log_of_sql(db, cast)
    assert (log.entry.line, log.entry.note) == ("joins", "a long note")


def test_a_line_without_script_goes_back_to_today(ada: FlaskClient, cast: Cast) -> None:
    answer = ada.post(LINE, data={"state": "done", "line": "joins", "revision": "0"})
    assert (answer.status_code, answer.location) == (302, "/")


def test_a_stale_line_is_kept_and_told(ada: FlaskClient, cast: Cast, db: Db) -> None:
    cast.ada_logs(db, "sql", line="saved elsewhere")
    answer = ada.post(
        LINE, data={"state": "done", "line": "typed here", "revision": "0"}, headers=HTMX
    )
    assert answer.status_code == 422
    assert "typed here" in answer.text
    assert 'name="revision" value="1"' in answer.text


def test_a_note_shows_as_markdown_and_cannot_act(ada: FlaskClient, cast: Cast) -> None:
    answer = ada.post("/preview", data={"note": "## Title\n\n<script>alert(1)</script>"})
    assert "<h3>Title</h3>" in answer.text
    assert "<script>" not in answer.text


def test_a_log_too_large_for_any_form_is_413(ada: FlaskClient) -> None:
    check_page(ada.post(LOG, data={"note": "x" * 5_000_000}), 413)


def test_the_thread_of_a_log_is_between_learner_and_staff(
    ada: FlaskClient, cast: Cast, db: Db, client: FlaskClient
) -> None:
    cast.ada_logs(db, "sql", LogState.STUCK)
    log = log_of_sql(db, cast)
    address = f"/cohorts/ai-7/learners/{cast.ada_place.id}/lessons/sql"
    ada.post("/logout")
    sign_in(client, cast.ben)
    subject = log_subject(cast.ada_place.id, log.lesson_id)
    said = {"subject": subject, "text": "Look at the keys", "visibility": "cohort"}
    assert client.post("/cohorts/ai-7/comments", data=said).status_code == 302
    client.post("/logout")
    sign_in(client, cast.ada)
    assert "Look at the keys" in check_page(client.get(address))
    assert "Ben" in check_page(client.get(address))
