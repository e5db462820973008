"""What a process keeps in memory: a write is visible in the very next read, whoever wrote it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.cast import PASSWORD, Cast
from tests.database import QUERIES
from tests.pages.browser import sign_in
from tracker.clock import utc_now
from tracker.documents import cohorts, enrolments
from tracker.documents.schema import Db
from tracker.models import Role, Status
from tracker.reports import membership
from tracker.reports.kept import Kept
from tracker.reports.rows import rows_of
from tracker.use_cases.accounts import change_look, change_password, change_profile
from tracker.use_cases.joining import enrol
from tracker.use_cases.settling import settle_row

LESSON = "/cohorts/ai-7/lessons/sql"


@pytest.fixture(autouse=True)
def for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no time pass that would make a process read a person anew."""
    monkeypatch.setattr(membership, "PERSON_SECONDS", 1e9)


def test_a_member_is_read_once_and_again_when_something_changed(
    client: FlaskClient, cast: Cast, db: Db
) -> None:
    sign_in(client, cast.ada)
    client.get(LESSON)
    QUERIES.names.clear()
    client.get(LESSON)
    assert "aggregate people" not in QUERIES.names
    change_look(db, cast.ada.id, language="en", theme="dark")
    assert '<html lang="en" data-theme="dark"' in client.get(LESSON).text


def test_a_learner_is_read_again_when_something_changed(
    client: FlaskClient, cast: Cast, db: Db
) -> None:
    sign_in(client, cast.ben)
    page = f"/cohorts/ai-7/learners/{cast.ada_place.id}"
    assert "<h1>Ada</h1>" in client.get(page).text
    change_profile(db, cast.ada.id, name="Ada L.", language="en", theme="dark")
    assert "<h1>Ada L.</h1>" in client.get(page).text


def test_a_new_password_ends_the_other_session_at_once(
    client: FlaskClient, cast: Cast, db: Db
) -> None:
    sign_in(client, cast.ada)
    assert client.get(LESSON).status_code == 200
    change_password(db, cast.ada, current=PASSWORD, password="a new one 123", at=utc_now())
    assert client.get(LESSON).status_code == 302


def test_a_paused_learner_cannot_log_any_more(client: FlaskClient, cast: Cast, db: Db) -> None:
    sign_in(client, cast.ada)
    client.get(LESSON)
    enrolments.set_status(
        db,
        cast.ai7.id,
        [cast.ada_place.id],
        Status.PAUSED,
        reason="ill",
        by=cast.dana.id,
        at=utc_now(),
    )
    settle_row(db, cast.ada_place.id)
    assert client.post(f"{LESSON}/log", data={"state": "done"}).status_code == 403


def test_a_place_lost_in_another_cohort_is_lost_here_too(cast: Cast, db: Db) -> None:
    """What Dana may do from here in another cohort hangs on her place there."""
    there = enrol(db, cast.web3, cast.dana.id, Role.MANAGER, by=cast.dana.id, at=cast.at)
    member = membership.find_member(db, cast.dana.id, cohorts.get(db, cast.ai7.id))
    assert member is not None
    enrolments.set_status(
        db,
        cast.web3.id,
        [there.id],
        Status.DROPPED,
        reason="",
        by=cast.dana.id,
        at=cast.at,
    )
    settle_row(db, there.id)
    member = membership.find_member(db, cast.dana.id, cohorts.get(db, cast.ai7.id))
    assert member is not None
    statuses = {place.cohort_id: place.status for place in member.enrolments}
    assert statuses[cast.web3.id] is Status.DROPPED


def test_an_untold_change_counts_after_some_seconds(
    cast: Cast, db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was killed before it could tell the cohort holds nobody in for ever."""
    cohort = cohorts.get(db, cast.ai7.id)
    assert membership.find_member(db, cast.ada.id, cohort)
    db["people"].update_one({"_id": cast.ada.id}, {"$inc": {"session_version": 1}})
    kept = membership.find_member(db, cast.ada.id, cohort)
    assert kept is not None
    assert kept.session_version == 1
    monkeypatch.setattr(membership, "PERSON_SECONDS", 1e-9)
    anew = membership.find_member(db, cast.ada.id, cohort)
    assert anew is not None
    assert anew.session_version == 2


def test_only_buckets_that_changed_are_read(cast: Cast, db: Db) -> None:
    rows_of(db, cohorts.get(db, cast.ai7.id))
    cohort = cohorts.get(db, cast.ai7.id)
    QUERIES.names.clear()
    assert [row.marks for row in rows_of(db, cohort)] == [""]
    assert not QUERIES.names
    cast.ada_logs(db, "sql")
    cohort = cohorts.get(db, cast.ai7.id)
    QUERIES.names.clear()
    assert [row.marks for row in rows_of(db, cohort)] == ["...+"]
    assert QUERIES.names == ["find marks"]


def test_what_was_used_least_is_dropped() -> None:
    kept: Kept[str, int, str] = Kept(most=2)
    for name in "abc":
        kept.put(name, 1, name)
    assert [kept.find(name, 1) for name in "abc"] == [None, "b", "c"]
    assert kept.find("c", 2) is None
    assert kept.get("c", 2, lambda: "new") == "new"
