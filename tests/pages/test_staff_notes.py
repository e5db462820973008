"""Ben notes something on Ada for whoever coaches her next; Ada never sees it."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.pages.browser import check_page, sign_in
from tracker.documents.schema import Db
from tracker.models import Person


def enter(client: FlaskClient, person: Person) -> None:
    client.post("/logout")
    sign_in(client, person)
    client.post("/preferences", data={"language": "en"})


def learner_page(cast: Cast) -> str:
    return f"/cohorts/ai-7/learners/{cast.ada_place.id}"


def ben_notes(client: FlaskClient, cast: Cast, text: str = "Works best in pairs") -> str:
    """Let Ben add a note; return its address."""
    enter(client, cast.ben)
    client.post(f"{learner_page(cast)}/notes", data={"text": text})
    page = check_page(client.get(learner_page(cast)))
    return re.findall(r'href="(/cohorts/ai-7/notes/[0-9a-f]{24})"', page)[0]


def test_dana_reads_who_noted_what_and_ada_reads_nothing(
    client: FlaskClient, db: Db, cast: Cast
) -> None:
    address = ben_notes(client, cast)
    enter(client, cast.dana)
    page = check_page(client.get(learner_page(cast)))
    assert re.search(r"<strong>Ben</strong>.*?Works best in pairs", page, re.S)
    assert address not in page
    enter(client, cast.ada)
    page = check_page(client.get(learner_page(cast)))
    assert "Works best" not in page
    assert "Notes of staff" not in page
    assert "Works best" not in str(list(db["activity"].find()))


def test_ben_edits_deletes_and_brings_back_his_note(client: FlaskClient, cast: Cast) -> None:
    address = ben_notes(client, cast, "<b>Works</b> best in pairs")
    assert "&lt;b&gt;Works&lt;/b&gt;" in check_page(client.get(address))
    client.post(address, data={"text": "Works best alone", "revision": "0"})
    page = check_page(client.get(learner_page(cast)))
    assert "Works best alone" in page
    assert "edited" in page
    client.post(f"{address}/delete")
    page = check_page(client.get(learner_page(cast)))
    assert "Works best alone" not in page
    assert f'action="{address}/restore"' in page
    client.post(f"{address}/restore")
    assert "Works best alone" in client.get(learner_page(cast)).text


def test_two_tabs_do_not_overwrite_each_other(client: FlaskClient, cast: Cast) -> None:
    address = ben_notes(client, cast)
    for revision in ("0", "1"):
        kept = {"text": f"First tab {revision}", "revision": revision}
        assert client.post(address, data=kept).status_code == 302
        answer = client.post(address, data={"text": "Second tab", "revision": revision})
        page = check_page(answer, 409)
        assert "Second tab" in page
        assert "saved elsewhere" in page
        assert kept["text"] in client.get(learner_page(cast)).text
    again = {"text": "Second tab", "revision": "2"}
    assert 'name="revision" value="2"' in page
    assert client.post(address, data=again).status_code == 302
    assert "Second tab" in client.get(learner_page(cast)).text


def test_a_deleted_note_is_not_said_to_be_saved(client: FlaskClient, cast: Cast) -> None:
    address = ben_notes(client, cast)
    client.post(f"{address}/delete")
    page = check_page(client.post(address, data={"text": "Lost?", "revision": "0"}), 409)
    assert "Lost?" in page
    assert "This note is deleted" in page


@pytest.mark.parametrize("text", ["", " \n ", "x" * 5001])
def test_a_note_that_cannot_be_kept_is_refused_as_it_was_typed(
    client: FlaskClient, db: Db, cast: Cast, text: str
) -> None:
    enter(client, cast.ben)
    page = check_page(client.post(f"{learner_page(cast)}/notes", data={"text": text}), 422)
    assert text.strip() in page
    assert db["staff_notes"].count_documents({}) == 0
