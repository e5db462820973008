"""Threads: who reads what, and that a deleted comment can come back."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.pages.browser import check_page, sign_in
from tracker.clock import utc_now
from tracker.documents import comments
from tracker.documents.schema import Db
from tracker.models import Comment, Role, Visibility
from tracker.reports.threads import lesson_subject
from tracker.use_cases.accounts import create_account
from tracker.use_cases.commenting import Draft, add_comment
from tracker.use_cases.joining import enrol

SQL = "/cohorts/ai-7/lessons/sql"


def say(db: Db, cast: Cast, text: str, visibility: Visibility, *, who: str = "ada") -> Comment:
    subject = lesson_subject(cast.lessons["sql"].id)
    return add_comment(db, cast.reader(who), Draft(text, visibility, subject, "SQL"), at=utc_now())


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        (Visibility.ME, {"ada"}),
        (Visibility.STAFF, {"ada", "ben", "dana"}),
        (Visibility.COHORT, {"ada", "ben", "dana", "finn"}),
    ],
)
def test_a_comment_is_seen_by_those_it_is_for(
    client: FlaskClient, cast: Cast, db: Db, visibility: Visibility, readers: set[str]
) -> None:
    finn = create_account(
        db, email="finn@example.com", name="Finn", password="correct horse",
        language="en", at=utc_now(),
    )  # fmt: skip
    enrol(db, cast.ai7, finn.id, Role.LEARNER, by=cast.dana.id, at=utc_now())
    comment = say(db, cast, "why do rows double", visibility)
    seen = set()
    for name, person in (("ada", cast.ada), ("ben", cast.ben), ("dana", cast.dana), ("finn", finn)):
        sign_in(client, person)
        page = check_page(client.get(SQL))
        found = client.get(f"/cohorts/ai-7/comments/{comment.id}").status_code
        assert (found == 302) == ("why do rows double" in page)
        if "why do rows double" in page:
            seen.add(name)
        client.post("/logout")
    assert seen == readers


def test_an_answer_is_seen_by_no_more_than_what_it_answers(
    client: FlaskClient, cast: Cast, db: Db
) -> None:
    question = say(db, cast, "in private", Visibility.STAFF)
    sign_in(client, cast.ben)
    said = {
        "subject": question.subject,
        "parent": question.id,
        "text": "an answer",
        "visibility": "cohort",
    }
    client.post("/cohorts/ai-7/comments", data=said)
    (answer,) = [each for each in comments.list_thread(db, question.subject) if each.parent_id]
    assert answer.visibility is Visibility.STAFF


def test_an_answer_waits_for_ada_on_today(client: FlaskClient, cast: Cast, db: Db) -> None:
    question = say(db, cast, "why", Visibility.COHORT)
    draft = Draft("because", Visibility.COHORT, question.subject, "SQL", question.id)
    answer = add_comment(db, cast.reader("ben"), draft, at=utc_now())
    sign_in(client, cast.ada)
    assert f"/cohorts/ai-7/comments/{answer.id}" in check_page(client.get("/"))


def test_an_empty_or_endless_comment_is_refused_and_kept(
    client: FlaskClient, cast: Cast, db: Db
) -> None:
    sign_in(client, cast.ada)
    subject = lesson_subject(cast.lessons["sql"].id)
    for text in ("", "  \n ", "x" * 20_001):
        said = {"subject": subject, "text": text, "visibility": "cohort"}
        page = check_page(client.post("/cohorts/ai-7/comments", data=said), 422)
        assert text.strip() in page
    assert comments.list_thread(db, subject) == []


def test_a_deleted_comment_comes_back(client: FlaskClient, cast: Cast, db: Db) -> None:
    comment = say(db, cast, "to be deleted", Visibility.COHORT)
    sign_in(client, cast.ada)
    client.post(f"/cohorts/ai-7/comments/{comment.id}/delete")
    page = check_page(client.get(SQL))
    assert "to be deleted" not in page
    assert f"/cohorts/ai-7/comments/{comment.id}/restore" in page
    client.post(f"/cohorts/ai-7/comments/{comment.id}/restore")
    assert "to be deleted" in check_page(client.get(SQL))


def test_an_edit_shows_as_one(client: FlaskClient, cast: Cast, db: Db) -> None:
    comment = say(db, cast, "first words", Visibility.COHORT)
    sign_in(client, cast.ada)
    address = f"/cohorts/ai-7/comments/{comment.id}/edit"
    assert "first words" in check_page(client.get(address))
    client.post(address, data={"text": "better words", "visibility": "staff"})
    changed = comments.get(db, comment.id)
    assert (changed.text, changed.visibility) == ("better words", Visibility.STAFF)
    assert changed.edited_at is not None


@pytest.mark.parametrize("parent", ["x", "$ne", "0" * 24, "\x00"])
def test_an_answer_to_nothing_is_not_found(
    client: FlaskClient, cast: Cast, db: Db, parent: str
) -> None:
    sign_in(client, cast.ada)
    said = {
        "subject": lesson_subject(cast.lessons["sql"].id),
        "parent": parent,
        "text": "to nobody",
        "visibility": "cohort",
    }
    check_page(client.post("/cohorts/ai-7/comments", data=said), 404)
