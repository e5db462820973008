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
    client.post(address, data={"text": "Works best alone"})
    page = check_page(client.get(learner_page(cast)))
    assert "Works best alone" in page
    assert "edited" in page
    client.post(f"{address}/delete")
    page = check_page(client.get(learner_page(cast)))
    assert "Works best alone" not in page
    assert f'action="{address}/restore"' in page
    client.post(f"{address}/restore")
    assert "Works best alone" in client.get(learner_page(cast)).text


@pytest.mark.parametrize("text", ["", " \n ", "x" * 5001])
def test_a_note_that_cannot_be_kept_is_refused_as_it_was_typed(
    client: FlaskClient, db: Db, cast: Cast, text: str
) -> None:
    enter(client, cast.ben)
    page = check_page(client.post(f"{learner_page(cast)}/notes", data={"text": text}), 422)
    assert text.strip() in page
    assert db["staff_notes"].count_documents({}) == 0
