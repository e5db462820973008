"""`check` tells every figure that differs from the records, and `--repair` rebuilds it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.cast import NOON, Cast, make_cast, true_row
from tracker.documents import activity, cohorts, journals, lesson_logs, log_revisions, marks, people
from tracker.documents.schema import Db
from tracker.models import LogEntry, LogState
from tracker.use_cases import checking
from tracker.use_cases.checking import check
from tracker.use_cases.logging_a_lesson import log_lesson


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PAUSE", 0.0)


def problems(db: Db) -> list[str]:
    return [str(problem) for problem in check(db)]


def logged_twice(db: Db) -> Cast:
    """Return the cast after Ada saved her log of "sql" twice."""
    cast = make_cast(db)
    cast.ada_logs(db, "sql", LogState.STUCK)
    cast.ada_logs(db, "sql", LogState.DONE, revision=1)
    return cast


def spoiled(db: Db, cast: Cast, how: str) -> None:
    log = lesson_logs.find_for(db, cast.ada_place.id, cast.lessons["sql"].id)
    assert log is not None
    bucket = marks.bucket_id(cast.ada_place)
    ways: dict[str, Callable[[], object]] = {
        "mark": lambda: db["marks"].update_one(
            {"_id": bucket}, {"$set": {f"rows.{cast.ada_place.id}.marks": "++"}}
        ),
        "no row": lambda: marks.remove_row(db, cast.ada_place),
        "row of a coach": lambda: marks.set_rows(
            db, [cast.ben_place], [true_row(db, cast.ben_place)]
        ),
        "row of nobody": lambda: db["marks"].update_one(
            {"_id": bucket},
            {"$rename": {f"rows.{cast.ada_place.id}": "rows.aaaaaaaaaaaaaaaaaaaaaaaa"}},
        ),
        "activity": lambda: db["activity"].delete_one({"_id": f"log:{log.id}:1"}),
        "debt": lambda: db["lesson_logs"].update_one(
            {"_id": log.id}, {"$set": {"owed_to": cast.ai7.id}}
        ),
        "name": lambda: db["people"].update_one({"_id": cast.ada.id}, {"$set": {"name": "X"}}),
        "owed name": lambda: people.set_profile(
            db, cast.ada.id, name="X", language="ko", theme="auto"
        ),
        "line": lambda: db["journals"].update_one(
            {"_id": cast.ada_place.id}, {"$set": {f"logs.{log.lesson_id}.line": "X"}}
        ),
        "ahead": lambda: db["journals"].update_one(
            {"_id": cast.ada_place.id}, {"$set": {f"logs.{log.lesson_id}.seq": 9}}
        ),
        "no journal": lambda: journals.remove(db, cast.ada_place.id),
        "journal of nobody": lambda: db["journals"].insert_one(
            {"_id": "aaaaaaaaaaaaaaaaaaaaaaaa", "cohort_id": cast.ai7.id}
        ),
        "owed look back": lambda: db["retrospectives"].insert_one(
            {
                "_id": "back",
                "enrolment_id": cast.ada_place.id,
                "cohort_id": cast.ai7.id,
                "step_id": cast.curriculum.steps[0].id,
                "good": "",
                "lacking": "",
                "next_try": "",
                "revision": 1,
                "updated_at": NOON,
                "owed_to": cast.ai7.id,
            }
        ),
        "index": lambda: db["people"].drop_index("one_account_per_email"),
        "pending": lambda: db["cohorts"].update_one(
            {"_id": cast.ai7.id}, {"$set": {"curriculum_pending": True}}
        ),
    }
    ways[how]()


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("mark", "its row of figures differs"),
        ("no row", "its row of figures differs"),
        ("row of a coach", "none belongs there"),
        ("row of nobody", "none belongs there"),
        ("activity", "the activity of revision 1 was not told"),
        ("debt", "the figures of revision 2 are owed"),
        ("name", "its row of figures differs"),
        ("line", "its journal differs"),
        ("ahead", "its journal differs"),
        ("no journal", "its journal differs"),
        ("journal of nobody", "it is nobody's"),
        ("owed look back", "a look back is owed to its journal"),
        ("owed name", "a new name is owed"),
        ("index", "the index people.one_account_per_email is missing"),
        ("pending", "was begun and not finished"),
    ],
)
def test_what_is_wrong_is_told_and_repaired(db: Db, how: str, told: str) -> None:
    cast = logged_twice(db)
    assert problems(db) == []
    version = cohorts.get(db, cast.ai7.id).version

    spoiled(db, cast, how)
    assert any(told in problem for problem in problems(db))
    assert any(told in problem for problem in problems(db)), "a check writes nothing"

    assert check(db, repair=True) == []
    assert problems(db) == []
    assert cohorts.get(db, cast.ai7.id).version >= version


def test_a_lost_revision_is_told_even_after_a_repair(db: Db) -> None:
    cast = logged_twice(db)
    log = lesson_logs.find_for(db, cast.ada_place.id, cast.lessons["sql"].id)
    assert log is not None
    assert log_revisions.count_for(db, log.id) == 1
    db["log_revisions"].delete_many({})

    lost = [f"log {log.id}: revision 1 was not kept"]
    assert problems(db) == lost
    assert [str(problem) for problem in check(db, repair=True)] == lost


def test_a_told_again_activity_has_the_time_of_its_save(db: Db) -> None:
    cast = logged_twice(db)
    log = lesson_logs.find_for(db, cast.ada_place.id, cast.lessons["sql"].id)
    assert log is not None
    db["activity"].delete_one({"_id": f"log:{log.id}:2"})

    check(db, repair=True)

    assert activity.has(db, f"log:{log.id}:2")
    told = activity.list_between(db, cast.ai7.id, NOON, NOON + timedelta(seconds=1))
    assert f"log:{log.id}:2" in {deed["_id"] for deed in told}


def test_a_log_never_goes_back_in_time(db: Db) -> None:
    cast = make_cast(db)
    cast.ada_logs(db, "sql", LogState.STUCK)
    log_lesson(
        db,
        cast.ada_place,
        cast.lessons["sql"],
        LogEntry(LogState.DONE),
        revision=1,
        by=cast.ada.id,
        at=NOON - timedelta(seconds=1),
    )

    assert problems(db) == []
