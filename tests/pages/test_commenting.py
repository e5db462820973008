"""Threads: who reads what, and that a deleted comment can come back."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.cast import PASSWORD, Cast
from tests.pages.browser import check_page, sign_in
from tracker.clock import utc_now
from tracker.documents import comments
from tracker.documents.schema import Db
from tracker.models import Comment, Person, Role, Visibility
from tracker.reports.threads import lesson_subject, log_subject
from tracker.use_cases.accounts import create_account
from tracker.use_cases.commenting import Draft, add_comment, edit_comment
from tracker.use_cases.joining import enrol

SQL = "/cohorts/ai-7/lessons/sql"


def say(db: Db, cast: Cast, text: str, visibility: Visibility, *, who: str = "ada") -> Comment:
    subject = lesson_subject(cast.lessons["sql"].id)
    return add_comment(db, cast.reader(who), Draft(text, visibility, subject, "SQL"), at=utc_now())


def a_peer(db: Db, cast: Cast) -> Person:
    """Let Finn learn beside Ada."""
    finn = create_account(
        db,
        email="finn@example.com",
        name="Finn",
        password=PASSWORD,
        language="en",
        at=utc_now(),
    )
    enrol(db, cast.ai7, finn.id, Role.LEARNER, by=cast.dana.id, at=utc_now())
    return finn


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
    finn = a_peer(db, cast)
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


def test_an_answer_for_staff_reaches_the_learner_who_asked(
    client: FlaskClient, cast: Cast, db: Db
) -> None:
    question = say(db, cast, "only for you", Visibility.STAFF)
    draft = Draft("only for you too", Visibility.COHORT, question.subject, "SQL", question.id)
    answer = add_comment(db, cast.reader("ben"), draft, at=utc_now())
    draft = Draft("and from me", Visibility.STAFF, question.subject, "SQL", answer.id)
    add_comment(db, cast.reader("dana"), draft, at=utc_now())
    sign_in(client, cast.ada)
    page = check_page(client.get(SQL))
    assert "only for you too" in page
    assert "and from me" in page
    assert client.get(f"/cohorts/ai-7/comments/{answer.id}").status_code == 302


def test_staff_can_talk_among_themselves_below_an_open_question(
    client: FlaskClient, cast: Cast, db: Db
) -> None:
    question = say(db, cast, "why", Visibility.COHORT)
    draft = Draft("between us", Visibility.STAFF, question.subject, "SQL", question.id)
    aside = add_comment(db, cast.reader("ben"), draft, at=utc_now())
    draft = Draft("agreed", Visibility.STAFF, question.subject, "SQL", aside.id)
    add_comment(db, cast.reader("dana"), draft, at=utc_now())
    sign_in(client, cast.ada)
    page = check_page(client.get(SQL))
    assert "between us" not in page
    assert "agreed" not in page


def test_an_edit_never_widens_an_answer_beyond_what_it_answers(cast: Cast, db: Db) -> None:
    question = say(db, cast, "in private", Visibility.STAFF)
    draft = Draft("an answer", Visibility.ME, question.subject, "SQL", question.id)
    answer = add_comment(db, cast.reader("ben"), draft, at=utc_now())
    changed = edit_comment(
        db, cast.reader("ben"), answer.id, text="x", visibility=Visibility.COHORT, at=utc_now()
    )
    assert changed.visibility is Visibility.STAFF


def test_what_is_narrowed_later_takes_its_answers_with_it(
    client: FlaskClient, cast: Cast, db: Db
) -> None:
    question = say(db, cast, "for all at first", Visibility.COHORT, who="ben")
    draft = Draft("an open answer", Visibility.COHORT, question.subject, "SQL", question.id)
    answer = add_comment(db, cast.reader("dana"), draft, at=utc_now())
    edit_comment(
        db,
        cast.reader("ben"),
        question.id,
        text="for staff now",
        visibility=Visibility.STAFF,
        at=utc_now(),
    )
    sign_in(client, cast.ada)
    assert "an open answer" not in check_page(client.get(SQL))
    assert client.get(f"/cohorts/ai-7/comments/{answer.id}").status_code == 404


def test_a_thread_between_a_learner_and_staff_is_nothing_to_a_peer(
    client: FlaskClient, cast: Cast, db: Db
) -> None:
    subject = log_subject(cast.ada_place.id, cast.lessons["sql"].id)
    draft = Draft("you are stuck on keys", Visibility.COHORT, subject, "SQL")
    comment = add_comment(db, cast.reader("ben"), draft, at=utc_now())
    peer = a_peer(db, cast)
    sign_in(client, peer)
    lesson = lesson_subject(cast.lessons["sql"].id)
    for method, path in (
        ("GET", f"/comments/{comment.id}"),
        ("GET", f"/comments/{comment.id}/edit"),
        ("POST", f"/comments/{comment.id}/edit"),
        ("POST", f"/comments/{comment.id}/delete"),
        ("POST", f"/comments/{comment.id}/restore"),
        ("GET", f"/comments/new?subject={lesson}&parent={comment.id}"),
        ("GET", f"/comments/new?subject={subject}"),
    ):
        assert client.open(f"/cohorts/ai-7{path}", method=method).status_code == 404, path


def test_a_deleted_answer_waits_for_nobody(client: FlaskClient, cast: Cast, db: Db) -> None:
    question = say(db, cast, "why", Visibility.COHORT)
    draft = Draft("because", Visibility.COHORT, question.subject, "SQL", question.id)
    answer = add_comment(db, cast.reader("ben"), draft, at=utc_now())
    comments.set_deleted(db, answer.id, utc_now())
    sign_in(client, cast.ada)
    assert answer.id not in check_page(client.get("/"))
