"""Changes of a stored curriculum: nothing is lost, undo restores every figure, death heals."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any

import pytest

from tests.cast import NOON, Cast, make_cast
from tests.crashing import Killed, at_once, calling_at, dying_at, writes_of
from tracker.clock import day_of
from tracker.curricula import editing
from tracker.curricula.file import CurriculumFile
from tracker.curricula.planning import plan_for
from tracker.curricula.shifting import copied, shifted
from tracker.curricula.storing import file_of
from tracker.documents import cohorts, curriculum_changes, enrolments, marks
from tracker.documents.schema import Db
from tracker.errors import Conflict, NotFound, Taken
from tracker.models import Cohort, CohortState, LogState, PersonId, Role
from tracker.reports.curricula import impact_of, stored_curriculum
from tracker.reports.dashboards import glance_at
from tracker.reports.learners import learnt_by
from tracker.reports.membership import curriculum_of
from tracker.use_cases.changing_a_cohort import change_state
from tracker.use_cases.changing_curricula import (
    change_curriculum,
    copy_curriculum,
    finish_change,
    former_curriculum,
)
from tracker.use_cases.checking import check
from tracker.use_cases.demo import Size, load_demo
from tracker.use_cases.importing_curricula import import_curriculum

RECORDS = ("lesson_logs", "log_revisions", "comments", "retrospectives", "project_notes", "posts")
Edit = Callable[[CurriculumFile], CurriculumFile]
HALF = editing.SecondHalf("SQL again", date(2031, 3, 13), 4, ("SQL: practice",))


def everything(file: CurriculumFile) -> CurriculumFile:
    """Split, merge, archive, move, rename, shift: all at once."""
    file = editing.split(file, "django", HALF, "sql-again")
    file = editing.merged(file, "python", "data-analysis")
    file = editing.without_lesson(file, "sql")
    _, cloud = editing.lesson_in(file, "cloud")
    cloud = cloud.model_copy(update={"title": "Cloud"})
    file = editing.with_lesson(file, cloud, step="step-1", place=1)
    file = editing.without_project(file, "project-1")
    return editing.checked(shifted(file, since=date(2031, 3, 13), count=3))


@pytest.fixture
def told(db: Db) -> Cast:
    """The cast; Ada has logged four lessons, one of them twice."""
    cast = make_cast(db)
    cast.ada_logs(db, "python", note="loops")
    cast.ada_logs(db, "data-analysis", LogState.IN_PROGRESS)
    cast.ada_logs(db, "sql", LogState.STUCK, line="1045")
    cast.ada_logs(db, "sql", revision=1, line="solved")
    cast.ada_logs(db, "가상화와-클라우드")
    return cast


def now(db: Db, slug: str = "ai-7") -> Cohort:
    return cohorts.get_by_slug(db, slug)


def changed(db: Db, edit: Edit, *, what: str = "lesson", slug: str = "ai-7") -> int:
    """Do an edit as Dana would, on the curriculum as it is now."""
    cohort = now(db, slug)
    target = edit(file_of(stored_curriculum(db, cohort)))
    return change_curriculum(db, cohort, target, what=what, by=PersonId("dana"), at=NOON)


def undone(db: Db, number: int, slug: str = "ai-7") -> int:
    return changed(db, lambda _: former_curriculum(db, now(db, slug), number), slug=slug)


def figures(db: Db, slug: str = "ai-7") -> list[object]:
    """Return every figure that a page shows of the cohort: rows, dashboard, percentages."""
    cohort = now(db, slug)
    curriculum = curriculum_of(db, cohort)
    today = day_of(NOON, cohort.time_zone)
    glance = glance_at(db, cohort, curriculum, today=today)
    places = [one for one in enrolments.list_for_cohort(db, cohort.id) if one.role is Role.LEARNER]
    learnt = [learnt_by(db, cohort, place) for place in places[:10]]
    return [
        sorted(marks.rows_by_bucket(db, cohort.id).items()),
        glance.lines,
        glance.lessons,
        learnt,
        file_of(stored_curriculum(db, cohort)),
    ]


def records(db: Db) -> dict[str, list[dict[str, object]]]:
    return {name: list(db[name].find().sort("_id", 1)) for name in RECORDS}


def test_a_change_touches_no_record_and_raises_the_version_once(db: Db, told: Cast) -> None:
    kept, version = records(db), now(db).curriculum_version

    changed(db, everything)

    assert records(db) == kept
    assert now(db).curriculum_version == version + 1
    assert check(db) == []


def test_undo_restores_every_figure(db: Db, told: Cast) -> None:
    before = figures(db)

    number = changed(db, everything)
    assert figures(db) != before
    undone(db, number)

    assert figures(db) == before


def test_undo_can_be_undone(db: Db, told: Cast) -> None:
    number = changed(db, everything)
    there = figures(db)

    again = undone(db, number)
    undone(db, again)

    assert figures(db) == there


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
        assert _is(db, won), moment
        winners.add(won is mine)
        undone(db, now(db).curriculum_version - 1)
        assert _is(db, file)
    assert winners == {True, False}


def _is(db: Db, file: CurriculumFile) -> bool:
    return plan_for(file, stored_curriculum(db, now(db))).changes == ()


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
        assert _is(db, later), moment
        undone(db, now(db).curriculum_version - 1)
        undone(db, now(db).curriculum_version - 3)


def test_imports_and_edits_in_real_threads_leave_one_of_them_whole(db: Db, told: Cast) -> None:
    file = file_of(stored_curriculum(db, now(db)))
    targets = [file, everything(file), editing.checked(editing.without_step(file, "step-1"))]

    def act(target: CurriculumFile) -> None:
        for _ in range(3):
            import_curriculum(db, target, by=None, at=NOON)

    at_once([partial(act, target) for target in targets])

    assert sum(_is(db, target) for target in targets) == 1
    assert check(db) == []


def test_the_preview_counts_logs_and_changed_percentages(db: Db, told: Cast) -> None:
    stored = stored_curriculum(db, now(db))
    today = day_of(NOON, "Asia/Seoul")

    def seen(edit: Edit, named: str = "") -> tuple[int, int, int]:
        target = editing.checked(edit(file_of(stored)))
        impact = impact_of(db, stored, target, named=named, today=today)
        return impact.logs_on(impact.leaving), impact.changed, impact.logs.get(named, 0)

    assert seen(lambda file: editing.without_lesson(file, "sql"), "sql") == (1, 1, 1)
    assert seen(lambda file: editing.without_lesson(file, "django"), "django") == (0, 1, 0)
    assert seen(lambda file: editing.without_step(file, "step-1")) == (2, 1, 0)
    assert seen(lambda file: editing.split(file, "sql", HALF, "new"), "sql") == (0, 1, 1)
    assert seen(lambda file: shifted(file, since=today, count=1)) == (0, 0, 0)


def test_the_first_version_has_nothing_to_go_back_to(db: Db) -> None:
    source = make_cast(db)
    new = copied(
        file_of(stored_curriculum(db, now(db))),
        slug="ai-8",
        name="AI 8기",
        starts_on=date(2032, 3, 1),
        holidays=(),
    )
    cohort = copy_curriculum(db, source.ai7, new, by=source.dana, at=NOON)

    with pytest.raises(NotFound):
        former_curriculum(db, cohort, 0)


def test_a_copy_is_a_draft_with_its_manager_alone(db: Db, told: Cast) -> None:
    file = file_of(stored_curriculum(db, now(db)))
    new = copied(file, slug="ai-8", name="8기", starts_on=date(2032, 3, 1), holidays=())

    cohort = copy_curriculum(db, told.ai7, new, by=told.dana, at=NOON)

    assert (cohort.state, cohort.curriculum_version) == (CohortState.DRAFT, 1)
    (place,) = enrolments.list_for_cohort(db, cohort.id)
    assert (place.person_id, place.role) == (told.dana.id, Role.MANAGER)
    assert plan_for(new, stored_curriculum(db, cohort)).changes == ()
    assert check(db) == []


def test_a_copy_under_a_taken_address_changes_nothing(db: Db, told: Cast) -> None:
    file = file_of(stored_curriculum(db, now(db)))
    new = copied(file, slug="web-3", name="8기", starts_on=date(2032, 3, 1), holidays=())
    web3 = now(db, "web-3")

    with pytest.raises(Taken):
        copy_curriculum(db, told.ai7, new, by=told.dana, at=NOON)

    assert now(db, "web-3") == web3
    assert db[curriculum_changes.NAME].count_documents({}) == 0


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
        if cohorts.find_by_slug(db, slug):
            assert len(stored_curriculum(db, now(db, slug)).lessons) == 6


def test_a_change_leaves_the_cohorts_state_alone(db: Db, told: Cast) -> None:
    change_state(db, "ai-7", CohortState.DRAFT, at=NOON)

    number = changed(db, everything)
    change_state(db, "ai-7", CohortState.ACTIVE, at=NOON)
    undone(db, number)

    assert now(db).state is CohortState.ACTIVE


def test_a_seeded_cohort_loses_nothing_and_gets_every_figure_back(db: Db) -> None:
    slug = load_demo(db, Size(learners=60, lessons=24, seed=7), at=NOON).slug
    kept, before = records(db), figures(db, slug)
    lessons = [each for each in stored_curriculum(db, now(db, slug)).lessons if not each.archived]
    first, second, third = (lesson.key for lesson in lessons[:3])

    def edit(file: CurriculumFile) -> CurriculumFile:
        file = editing.merged(file, first, second)
        file = editing.without_lesson(file, third)
        file = editing.without_step(file, str(file.steps[-1].key))
        return editing.checked(shifted(file, since=file.steps[1].starts_on, count=2))

    number = changed(db, edit, slug=slug)
    assert records(db) == kept
    assert check(db) == []
    undone(db, number, slug)

    assert records(db) == kept
    assert figures(db, slug) == before
    assert check(db) == []
