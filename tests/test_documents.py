"""The collections, on the real server and, where it is faithful, on mongomock too.

mongomock knows no validators; so those are proven on the real server alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import mongomock
import pytest
from pymongo.errors import WriteError

from tests.cast import Cast
from tracker.clock import utc_now
from tracker.documents import (
    activity,
    cohorts,
    comments,
    invites,
    lesson_logs,
    people,
    project_notes,
    retrospectives,
)
from tracker.documents.preparing import COLLECTIONS, missing_indexes, prepare
from tracker.documents.schema import Db
from tracker.errors import Conflict, NotFound, Taken
from tracker.models import (
    CohortId,
    Comment,
    CommentId,
    EnrolmentId,
    PersonId,
    ProjectId,
    ProjectNote,
    Retrospective,
    Role,
    StepId,
    Visibility,
)

NOW = utc_now()
COHORT, LEARNER, ADA = CohortId("c" * 24), EnrolmentId("e" * 24), PersonId("a" * 24)


@pytest.fixture(params=["secantus", "mongomock"])
def twin(request: pytest.FixtureRequest) -> Iterator[Db]:
    """Give the test once the real server, once mongomock with the same indexes."""
    if request.param == "secantus":
        yield request.getfixturevalue("db")
        return
    database = cast(Db, mongomock.MongoClient(tz_aware=True).didim)
    for module in COLLECTIONS:
        for index in module.INDEXES:
            said = dict(index.document)
            keys: Any = list(said.pop("key").items())
            database[module.NAME].create_index(keys, **said)
    yield database


def test_one_account_for_each_address(twin: Db) -> None:
    person = people.add(twin, email=" Ada@Example.COM", name="Ada", password_hash="", at=NOW)
    with pytest.raises(Taken, match="email"):
        people.add(twin, email="ada@example.com", name="Another", password_hash="", at=NOW)
    assert people.find_by_email(twin, "ADA@example.com") == person


def test_a_second_change_of_the_password_at_the_same_time_finds_none(twin: Db) -> None:
    person = people.add(twin, email="ada@example.com", name="Ada", password_hash="old", at=NOW)
    changed = people.set_password(twin, person.id, "new", was="old")
    assert changed.session_version == 2
    with pytest.raises(NotFound):
        people.set_password(twin, person.id, "newer", was="old")


def test_a_save_over_an_older_revision_is_a_conflict(twin: Db) -> None:
    note = ProjectNote(LEARNER, ProjectId("p" * 24), note="first")
    project_notes.save(twin, COHORT, note, at=NOW)
    with pytest.raises(Conflict):
        project_notes.save(twin, COHORT, note, at=NOW)
    saved = project_notes.find_for(twin, LEARNER, note.project_id)
    assert saved is not None
    assert (saved.note, saved.revision) == ("first", 1)


def test_a_look_back_grows_by_revisions(twin: Db) -> None:
    look = Retrospective(LEARNER, StepId("5" * 24), good="teamwork")
    retrospectives.save(twin, COHORT, look, at=NOW)
    first = retrospectives.find_for(twin, LEARNER, look.step_id)
    assert first is not None
    retrospectives.save(twin, COHORT, first, at=NOW)
    (second,) = retrospectives.list_for_learner(twin, LEARNER)
    assert (second.good, second.revision) == ("teamwork", 2)


def test_an_invitation_is_used_as_often_as_it_says(twin: Db) -> None:
    invites.add(
        twin,
        invite_id="f" * 64,
        cohort_id=COHORT,
        role=Role.LEARNER,
        by=ADA,
        at=NOW,
        expires_at=NOW + timedelta(days=1),
        max_uses=2,
    )
    used = []
    for name in ("ada", "ben", "cleo"):
        found = invites.find(twin, "f" * 64)
        assert found is not None
        used.append(invites.claim(twin, found, PersonId(name), at=NOW))
    assert used == [True, True, False]


def test_a_comment_is_told_once(twin: Db) -> None:
    comment = Comment(
        id=CommentId("d" * 24),
        cohort_id=COHORT,
        subject="lesson:1",
        author_id=ADA,
        author_name="Ada",
        author_is_staff=False,
        visibility=Visibility.ME,
        text="once",
        html="<p>once</p>",
        created_at=NOW,
    )
    comments.add(twin, comment)
    comments.add(twin, comment)
    assert comments.list_thread(twin, "lesson:1") == [comment]
    assert comments.set_deleted(twin, comment.id, NOW).deleted_at == NOW
    assert comments.list_by_author(twin, ADA, COHORT) == []


def test_activity_is_read_between_two_moments(twin: Db) -> None:
    for hours in range(5):
        moment = NOW + timedelta(hours=hours)
        activity.add(
            twin, "saved", f"log:{hours}", cohort_id=COHORT, by=ADA, at=moment, key=str(hours)
        )
        activity.add(
            twin, "saved", f"log:{hours}", cohort_id=COHORT, by=ADA, at=moment, key=str(hours)
        )
    between = activity.list_between(twin, COHORT, NOW, NOW + timedelta(hours=3))
    assert [told["subject"] for told in between] == ["log:0", "log:1", "log:2"]


def test_preparing_twice_changes_nothing(db: Db) -> None:
    before = {module.NAME: db[module.NAME].index_information() for module in COLLECTIONS}
    prepare(db)
    assert {module.NAME: db[module.NAME].index_information() for module in COLLECTIONS} == before
    assert missing_indexes(db) == []


def test_every_index_has_a_name_of_its_own(db: Db) -> None:
    names = [index.document["name"] for module in COLLECTIONS for index in module.INDEXES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("collection", "change"),
    [
        (people.NAME, {"name": ""}),
        (people.NAME, {"language": "fr"}),
        (cohorts.NAME, {"starts_on": "soon"}),
        (cohorts.NAME, {"state": "sleeping"}),
        (lesson_logs.NAME, {"entry.understanding": 6}),
        (lesson_logs.NAME, {"entry.line": "x" * 301}),
        (lesson_logs.NAME, {"revision": -1}),
    ],
)
def test_the_database_itself_refuses_what_no_form_would_send(
    db: Db, cast: Cast, collection: str, change: dict[str, Any]
) -> None:
    cast.ada_logs(db, "sql")
    with pytest.raises(WriteError, match="validation"):
        db[collection].update_one({}, {"$set": change})
