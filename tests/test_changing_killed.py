"""Changes of a curriculum that die, or meet each other, at any of their writes."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any

import pytest

from tests.cast import NOON, Cast
from tests.crashing import Killed, at_once, calling_at, dying_at, writes_of
from tests.curricula import (
    changed,
    everything,
    figures,
    now,
    stands,
    told,
    undone,
)
from tracker.curricula import editing
from tracker.curricula.file import CurriculumFile
from tracker.curricula.shifting import copied
from tracker.curricula.storing import file_of
from tracker.documents import cohorts, enrolments
from tracker.documents.schema import Db
from tracker.errors import Conflict
from tracker.models import Cohort, Role
from tracker.reports.curricula import stored_curriculum
from tracker.use_cases.changing_curricula import (
    change_curriculum,
    copy_curriculum,
    finish_change,
    former_curriculum,
)
from tracker.use_cases.checking import check
from tracker.use_cases.importing_curricula import import_curriculum

__all__ = ["told"]


@pytest.mark.parametrize("answered", [False, True])
def test_a_change_killed_at_any_write_is_finished_by_whoever_comes_next(
    db: Db, told: Cast, *, answered: bool
) -> None:
    before = figures(db)
    number = changed(db, everything)
    done = figures(db)
    undone(db, number)
    total = writes_of(db, lambda mine: changed(mine, everything))
    assert total > 10
    for write in range(1, total + 1):
        undone(db, now(db).curriculum_version - 1)
        assert figures(db) == before, write
        version = now(db).curriculum_version
        with pytest.raises(Killed):
            change_curriculum(
                dying_at(db, write, answered=answered),
                now(db),
                everything(file_of(stored_curriculum(db, now(db)))),
                what="lesson",
                by=told.dana.id,
                at=NOON,
            )
        if write == 1 and not answered:  # it never began
            changed(db, everything)
        elif write % 2:
            finish_change(db, now(db))
        assert check(db, repair=True) == []
        assert figures(db) == done, write
        assert now(db).curriculum_version == version + 1
    assert not check(db)


def test_an_undo_killed_at_any_write_restores_every_figure(db: Db, told: Cast) -> None:
    before = figures(db)
    number = changed(db, everything)
    total = writes_of(db, lambda mine: undone(mine, number))
    for write in range(2, total + 1):
        number = changed(db, everything)
        target = former_curriculum(db, now(db), number)
        with pytest.raises(Killed):
            change_curriculum(
                dying_at(db, write, answered=False),
                now(db),
                target,
                what="undo",
                by=told.dana.id,
                at=NOON,
            )
        finish_change(db, now(db))
        assert figures(db) == before, write


def test_of_two_changes_at_once_one_is_refused(db: Db, told: Cast) -> None:
    """The second one comes at any moment of the first; one of them is done, and whole."""
    file = file_of(stored_curriculum(db, now(db)))
    mine, theirs = everything(file), editing.checked(editing.without_lesson(file, "django"))
    winners = set()
    for moment in range(1, 30, 2):
        cohort = now(db)
        done = []

        def act(target: CurriculumFile, db: Db, cohort: Cohort = cohort, done: Any = done) -> None:
            with suppress(Conflict):
                change_curriculum(db, cohort, target, what="lesson", by=told.dana.id, at=NOON)
                done.append(target)

        act(mine, calling_at(db, moment, partial(act, theirs, db)))
        (won,) = done
        assert stands(db, won), moment
        winners.add(won is mine)
        undone(db, now(db).curriculum_version - 1)
        assert stands(db, file)
    assert winners == {True, False}


def test_a_slow_process_puts_nothing_older_over_a_newer_change(db: Db, told: Cast) -> None:
    """While one still writes, another finishes its change and makes one of its own."""
    cohort, file = now(db), file_of(stored_curriculum(db, now(db)))
    later = editing.checked(editing.without_lesson(everything(file), "django"))

    def overtake() -> None:
        if now(db).curriculum_version == cohort.curriculum_version:
            finish_change(db, now(db))
        change_curriculum(db, now(db), later, what="lesson", by=told.ben.id, at=NOON)

    total = writes_of(db, lambda mine: changed(mine, everything))
    undone(db, now(db).curriculum_version - 1)
    for moment in range(6, total + 6):
        cohort = now(db)
        change_curriculum(
            calling_at(db, moment, overtake),
            cohort,
            everything(file),
            what="lesson",
            by=told.dana.id,
            at=NOON,
        )
        assert stands(db, later), moment
        undone(db, now(db).curriculum_version - 1)
        undone(db, now(db).curriculum_version - 3)


def test_imports_and_edits_in_real_threads_leave_one_of_them_whole(db: Db, told: Cast) -> None:
    file = file_of(stored_curriculum(db, now(db)))
    targets = [file, everything(file), editing.checked(editing.without_step(file, "step-1"))]

    def act(target: CurriculumFile) -> None:
        for _ in range(3):
            import_curriculum(db, target, by=None, at=NOON)

    at_once([partial(act, target) for target in targets])

    assert sum(stands(db, target) for target in targets) == 1
    assert check(db) == []


def test_a_copy_killed_at_any_write_is_whole_or_was_never_begun(db: Db, told: Cast) -> None:
    file = file_of(stored_curriculum(db, now(db)))

    def copy(mine: Db, slug: str) -> Cohort:
        new = copied(file, slug=slug, name=slug, starts_on=date(2032, 3, 1), holidays=())
        return copy_curriculum(mine, told.ai7, new, by=told.dana, at=NOON)

    for write in range(1, writes_of(db, lambda mine: copy(mine, "ai-8")) + 1):
        slug = f"ai-9-{write}"
        with pytest.raises(Killed):
            copy(dying_at(db, write, answered=True), slug)
        check(db, repair=True)
        assert check(db) == []
        if made := cohorts.find_by_slug(db, slug):
            assert len(stored_curriculum(db, made).lessons) == 6
            manager = enrolments.find_for(db, made.id, told.dana.id)
            assert manager is not None, write
            assert manager.role is Role.MANAGER


def test_check_names_a_change_that_was_cut_off(db: Db, told: Cast) -> None:
    with pytest.raises(Killed):
        changed(dying_at(db, 3, answered=True), everything)

    (problem,) = check(db)

    assert "a change of the curriculum was begun and not finished" in str(problem)
    assert check(db, repair=True) == []
