"""What left the curriculum keeps its pages, and no text that is on its way is lost."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.pages.browser import check_page, sign_in
from tracker.curricula import editing
from tracker.curricula.storing import file_of
from tracker.documents import lesson_logs
from tracker.documents.schema import Db
from tracker.models import Visibility
from tracker.reports.curricula import stored_curriculum
from tracker.reports.threads import lesson_subject
from tracker.use_cases.changing_curricula import change_curriculum
from tracker.use_cases.commenting import Draft, add_comment

SQL = "/cohorts/ai-7/lessons/sql"


@pytest.fixture
def ada(client: FlaskClient, db: Db, cast: Cast) -> FlaskClient:
    """Return Ada's browser; SQL left after she logged it and asked about it."""
    cast.ada_logs(db, "sql", line="joins")
    subject = lesson_subject(cast.lessons["sql"].id)
    asked = Draft("Why twice?", Visibility.COHORT, subject, "SQL")
    add_comment(db, cast.reader("ada"), asked, at=cast.at)
    file = editing.without_lesson(file_of(stored_curriculum(db, cast.ai7)), "sql")
    change_curriculum(db, cast.ai7, file, what="archive-lesson", by=cast.dana.id, at=cast.at)
    sign_in(client, cast.ada)
    client.post("/preferences", data={"language": "en"})
    return client


def test_ada_still_reads_her_log_and_the_thread(ada: FlaskClient) -> None:
    page = check_page(ada.get(SQL))

    for words in ("no longer in the curriculum", "joins", "Why twice?"):
        assert words in page
    assert f'action="{SQL}/log"' not in page


def test_a_log_that_comes_too_late_is_refused_and_shown(
    ada: FlaskClient, db: Db, cast: Cast
) -> None:
    typed = {"state": "done", "line": "at last", "note": "a long text", "revision": "1"}

    page = check_page(ada.post(f"{SQL}/log", data=typed), 409)
    row = ada.post(f"{SQL}/line", data=typed, headers={"HX-Request": "true"})

    for words in ("a long text", "at last", "copy it to where it belongs now"):
        assert words in page
    assert row.status_code == 422
    assert "no longer in the curriculum" in row.text
    log = lesson_logs.find_for(db, cast.ada_place.id, cast.lessons["sql"].id)
    assert log is not None
    assert log.entry.line == "joins"


def test_staff_read_the_page_too(ada: FlaskClient, db: Db, cast: Cast) -> None:
    ada.post("/logout")
    sign_in(ada, cast.ben)

    assert "Why twice?" in check_page(ada.get(SQL))


def test_a_step_that_left_keeps_looks_back_and_notes(
    client: FlaskClient, db: Db, cast: Cast
) -> None:
    sign_in(client, cast.ada)
    back, notes = "/cohorts/ai-7/steps/1/retrospective", "/cohorts/ai-7/projects/1"
    client.post(back, data={"good": "pair work", "lacking": "", "next_try": "", "revision": "0"})
    client.post(f"{notes}/note", data={"note": "our plan", "revision": "0"})
    file = editing.without_step(file_of(stored_curriculum(db, cast.ai7)), "step-1")
    change_curriculum(db, cast.ai7, file, what="archive-step", by=cast.dana.id, at=cast.at)

    assert "pair work" in check_page(client.get(back))
    assert "our plan" in check_page(client.get(notes))
    assert back in check_page(client.get(f"/cohorts/ai-7/learners/{cast.ada_place.id}"))
    late = {"good": "too late", "lacking": "", "next_try": "", "note": "too late", "revision": "1"}
    for address in (back, f"{notes}/note"):
        assert "too late" in check_page(client.post(address, data=late), 409)
    assert "pair work" in check_page(client.get(back))
    assert "our plan" in check_page(client.get(notes))
