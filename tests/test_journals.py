"""A learner's journal says what the logs say, whoever writes at the same moment."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from tests.cast import Cast, make_cast, true_journal
from tests.crashing import Killed, at_once, dying_at, interleaved
from tests.database import QUERIES, empty
from tracker.documents import jobs_done, journals, lesson_logs
from tracker.documents.schema import Db
from tracker.migrations import m0001_journals
from tracker.models import Completion, Journal, LessonLog, LogState, LogSummary, Retrospective
from tracker.use_cases.checking import check
from tracker.use_cases.looking_back import save_retrospective
from tracker.use_cases.migrating import prepare_database


def journal(db: Db, cast: Cast) -> Journal:
    return journals.find(db, cast.ada_place.id)


def log_of(db: Db, cast: Cast, slug: str) -> LessonLog:
    log = lesson_logs.find_for(db, cast.ada_place.id, cast.lessons[slug].id)
    assert log is not None
    return log


def looks_back(db: Db, cast: Cast, number: int) -> None:
    step = cast.curriculum.step(number)
    assert step is not None
    written = Retrospective(cast.ada_place.id, step.id, good="pairs")
    save_retrospective(db, cast.ai7.id, written, by=cast.ada.id, at=cast.at)


def test_a_journal_has_what_lists_show(db: Db, cast: Cast) -> None:
    assert journal(db, cast) == Journal()

    cast.ada_logs(db, "sql", LogState.STUCK, line="port 3306", note="long")
    cast.ada_logs(db, "sql", LogState.DONE, revision=1, line="it was nginx")
    looks_back(db, cast, 1)

    found = journal(db, cast)
    assert found == true_journal(db, cast.ada_place)
    assert found.logs == {
        cast.lessons["sql"].id: LogSummary(LogState.DONE, "it was nginx", revision=2, seq=2)
    }
    assert found.looked_back == {cast.curriculum.steps[0].id}


def test_an_older_state_never_goes_over_a_newer_one(db: Db, cast: Cast) -> None:
    cast.ada_logs(db, "sql", LogState.STUCK)
    older = log_of(db, cast, "sql")
    cast.ada_logs(db, "sql", LogState.DONE, revision=1)
    newer = journal(db, cast)

    journals.put(db, [older])
    assert journal(db, cast) == newer

    django = replace(older, lesson_id=cast.lessons["django"].id)
    journals.put(db, [older, django])
    assert journal(db, cast).logs == {**newer.logs, django.lesson_id: django.summary}


def test_what_staff_set_done_is_newer_too(db: Db, cast: Cast) -> None:
    cast.ada_logs(db, "sql", LogState.STUCK)
    log = log_of(db, cast, "sql")
    completion = Completion(cast.ben.id, "Ben", "shown in class", cast.at, own_since=cast.at)

    journals.put(db, [replace(log, completion=completion, completions=1)])

    found = journal(db, cast).logs[log.lesson_id]
    assert (found.state, found.own_state) == (LogState.DONE, LogState.STUCK)
    assert found.completion == completion


def test_who_begin_a_journal_at_once_lose_nothing(db: Db, cast: Cast) -> None:
    cast.ada_logs(db, "sql")
    log = log_of(db, cast, "sql")
    logs = [replace(log, lesson_id=lesson.id) for lesson in cast.lessons.values()]
    for _ in range(20):
        journals.remove(db, cast.ada_place.id)
        at_once(
            [
                *(partial(journals.put, db, [each]) for each in logs),
                partial(journals.look_back, db, cast.ada_place.id, cast.ai7.id, {"step"}),
            ]
        )
        assert journal(db, cast) == Journal(
            {each.lesson_id: each.summary for each in logs}, frozenset({"step"})
        )


@pytest.fixture
def before(db: Db, cast: Cast) -> Journal:
    """Make the database one of before there were journals; return what Ada's must become."""
    for slug in cast.lessons:
        cast.ada_logs(db, slug)
    looks_back(db, cast, 1)
    db.drop_collection(journals.NAME)
    db[jobs_done.NAME].delete_one({"_id": "0001_journals"})
    return true_journal(db, cast.ada_place)


def fill(db: Db) -> None:
    """Fill the journals, as a process that dies in between does not."""
    for _ in m0001_journals.run(db):
        pass


def test_a_database_of_before_is_filled_once(db: Db, cast: Cast, before: Journal) -> None:
    prepare_database(db)
    assert journal(db, cast) == before
    assert check(db) == []

    QUERIES.names.clear()
    prepare_database(db)
    asked = [name for name in QUERIES.names if name.startswith(("find ", "update "))]
    assert asked == ["find jobs_done"]


@pytest.mark.parametrize("number", [1, 2])
def test_a_fill_that_was_cut_off_is_done_again(
    db: Db, cast: Cast, before: Journal, number: int
) -> None:
    with pytest.raises(Killed):
        fill(dying_at(db, number, answered=True))

    cast.ada_logs(db, "sql", LogState.STUCK, revision=1)
    prepare_database(db)

    assert journal(db, cast) == true_journal(db, cast.ada_place) != before
    assert check(db) == []


def test_a_save_while_it_is_filled_is_not_lost(db: Db) -> None:
    for turn in range(6):
        empty(db)
        cast = make_cast(db)
        cast.ada_logs(db, "sql")
        db.drop_collection(journals.NAME)

        def save(target: Db, cast: Cast = cast) -> None:
            cast.ada_logs(target, "sql", LogState.STUCK, revision=1)

        interleaved(db, [0] * turn + [1] * 40, fill, save)
        prepare_database(db)
        assert journal(db, cast) == true_journal(db, cast.ada_place)
        assert check(db) == []
