"""Changes of a stored curriculum: nothing is lost, and undo restores every figure."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cast import NOON, Cast, make_cast
from tests.curricula import (
    HALF,
    Edit,
    changed,
    everything,
    figures,
    now,
    records,
    told,
    undone,
)
from tests.database import QUERIES
from tracker.clock import day_of
from tracker.curricula import editing
from tracker.curricula.file import CurriculumFile
from tracker.curricula.planning import plan_for
from tracker.curricula.shifting import copied, shifted
from tracker.curricula.storing import file_of
from tracker.documents import curriculum_changes, enrolments, lesson_logs
from tracker.documents.schema import Db
from tracker.errors import NotFound, Taken
from tracker.models import CohortState, LogState, Role
from tracker.reports.curricula import impact_of, stored_curriculum
from tracker.use_cases.changing_a_cohort import change_state
from tracker.use_cases.changing_curricula import (
    copy_curriculum,
    former_curriculum,
)
from tracker.use_cases.checking import check
from tracker.use_cases.demo import Size, load_demo

__all__ = ["told"]


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


def test_the_preview_reads_no_log_and_leaves_out_what_is_not_started(db: Db, told: Cast) -> None:
    told.ada_logs(db, "django", LogState.NOT_STARTED, line="tomorrow")
    stored = stored_curriculum(db, now(db))
    target = editing.checked(editing.without_step(file_of(stored), "step-2"))
    QUERIES.names.clear()

    impact = impact_of(db, stored, target, named="", today=day_of(NOON, "Asia/Seoul"))

    assert impact.logs == {"sql": 1, "cloud": 1, "django": 0}
    assert not [name for name in QUERIES.names if lesson_logs.NAME in name]


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
