"""The demo cohort: complete, the same for the same seed, and as lively as a real one."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask

from tests.cast import NOON
from tests.crashing import Killed, dying_at, held_up, writes_of
from tests.database import empty
from tracker.clock import day_of
from tracker.demo.curriculum import LESSONS, SLUG, demo_curriculum
from tracker.demo.learners import learners
from tracker.documents import (
    activity,
    cohorts,
    comments,
    enrolments,
    lesson_logs,
    lessons,
    marks,
    people,
    steps,
)
from tracker.documents.schema import Db
from tracker.models import Cohort, LogState, Role, Status
from tracker.reports.dashboards import glance_at
from tracker.reports.membership import curriculum_of
from tracker.reports.rows import rows_of
from tracker.rules.progress import Standing
from tracker.use_cases import checking
from tracker.use_cases.accounts import sign_in
from tracker.use_cases.checking import check
from tracker.use_cases.demo import ACCOUNTS, COACH, LEARNER, PASSWORD, Size, load_demo

SMALL = Size(learners=16, lessons=8)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PAUSE", 0.0)


def standings(db: Db, cohort: Cohort) -> Counter[str]:
    today = day_of(NOON, cohort.time_zone)
    glance = glance_at(db, cohort, curriculum_of(db, cohort), today=today)
    return Counter(line.standing for line in glance.lines)


def test_the_default_demo_is_complete_and_agrees_with_itself(db: Db) -> None:
    assert load_demo(db, Size(), at=NOON).is_new

    cohort = cohorts.get_by_slug(db, SLUG)
    places = enrolments.list_for_cohort(db, cohort.id)
    assert Counter(place.role for place in places) == {
        Role.LEARNER: 48,
        Role.COACH: 2,
        Role.MANAGER: 1,
    }
    coaches = Counter(place.coach_id for place in places if place.role is Role.LEARNER)
    assert sorted(coaches.values()) == [24, 24]
    assert {place.status for place in places} == {Status.ACTIVE, Status.PAUSED, Status.DROPPED}
    assert check(db) == []


def test_some_four_in_five_are_on_track(db: Db) -> None:
    load_demo(db, Size(), at=NOON)

    found = standings(db, cohorts.get_by_slug(db, SLUG))
    assert 0.7 <= found[Standing.ON_TRACK] / found.total() <= 0.9
    assert found[Standing.STUCK] >= 2
    assert found[Standing.SILENT] >= 2


def test_everyone_published_can_sign_in_and_no_one_else(db: Db) -> None:
    load_demo(db, SMALL, at=NOON)

    for email in ACCOUNTS:
        assert sign_in(db, email, PASSWORD)
    assert sign_in(db, "learner-0001@demo.example", PASSWORD) is None
    assert sign_in(db, "learner-0001@demo.example", "") is None


def test_the_demo_learner_is_in_the_middle_of_step_2(db: Db) -> None:
    load_demo(db, Size(), at=NOON)

    cohort = cohorts.get_by_slug(db, SLUG)
    learner = people.get_by_email(db, LEARNER)
    place = enrolments.find_for(db, cohort.id, learner.id)
    assert place is not None
    logs = {log.lesson_id: log for log in lesson_logs.list_for_learner(db, place.id)}
    second = [one for one in lessons.list_for_cohort(db, cohort.id) if one.step_number == 2]
    states = [logs[one.id].entry.state if one.id in logs else None for one in second]
    assert states.count(LogState.DONE) >= 1
    assert states.count(LogState.IN_PROGRESS) >= 1
    assert states.count(None) >= 1


def test_the_coach_answered_the_demo_learner(db: Db) -> None:
    load_demo(db, SMALL, at=NOON)

    learner = people.get_by_email(db, LEARNER)
    (answer,) = comments.list_answers(db, learner.id, since=NOON - timedelta(days=1))
    assert answer.author_id == people.get_by_email(db, COACH).id
    assert answer.author_is_staff
    assert answer.created_at <= NOON


def test_the_same_seed_and_day_give_the_same_cohort(db: Db) -> None:
    cohort = _loaded(db, SMALL)
    first = _everything(db, cohort)
    empty(db)

    assert _everything(db, _loaded(db, SMALL)) == first


def test_another_seed_gives_other_people() -> None:
    today = NOON.date()
    first, second = ([one.name for one in learners(48, today, today, seed)] for seed in (1, 2))

    assert first != second
    assert len(set(first)) == 48


def test_loading_again_changes_nothing(db: Db) -> None:
    _loaded(db, SMALL)

    assert not load_demo(db, Size(learners=20), at=NOON + timedelta(days=3)).is_new
    assert len(enrolments.list_for_cohort(db, cohorts.get_by_slug(db, SLUG).id)) == 19
    assert writes_of(db, lambda target: load_demo(target, SMALL, at=NOON)) == 0


@pytest.mark.parametrize("answered", [False, True])
def test_a_killed_load_is_finished_by_the_next(db: Db, answered: bool) -> None:
    cohort = _loaded(db, SMALL)
    expected = _everything(db, cohort)
    empty(db)
    count = writes_of(db, lambda target: load_demo(target, SMALL, at=NOON))
    for number in (*range(1, 30, 3), *range(count - 12, count + 1, 3)):
        empty(db)
        with pytest.raises(Killed):
            load_demo(dying_at(db, number, answered=answered), SMALL, at=NOON)
        load_demo(db, SMALL, at=NOON)
        assert _everything(db, cohorts.get_by_slug(db, SLUG)) == expected
        assert check(db) == []


@pytest.mark.parametrize("lesson_count", [1, 3, 8, 22, 24, 200, 500])
def test_any_day_is_in_the_middle_of_step_2(lesson_count: int) -> None:
    for days in range(0, 366, 11):
        today = (NOON + timedelta(days=days)).date()
        file = demo_curriculum(lesson_count, today)
        second = file.steps[1]
        assert sum(len(step.lessons) for step in file.steps) == lesson_count
        assert second.starts_on <= today <= second.ends_on
        assert all(one.ends_on < two.starts_on for one, two in pairwise(file.steps))


def test_the_curriculum_is_named_as_such_bootcamps_name_it() -> None:
    second = demo_curriculum(22, NOON.date()).steps[1]

    titles = ["IT 인프라", "웹 프로그래밍", "가상화와 클라우드", "SQL", "Django"]
    assert [lesson.title for lesson in second.lessons] == titles
    assert [project.title.split(":")[0] for project in second.projects] == ["미니프로젝트 7차"]
    assert sum(map(len, LESSONS.values())) == Size().lessons


def test_no_log_or_comment_comes_from_the_future(db: Db) -> None:
    cohort = _loaded(db, Size(learners=30), at=NOON)

    for collection, field in (("lesson_logs", "updated_at"), ("comments", "created_at")):
        assert db[collection].count_documents({"cohort_id": cohort.id, field: {"$gt": NOON}}) == 0


def test_a_bigger_demo_has_its_steps_and_agrees(db: Db) -> None:
    cohort = _loaded(db, Size(learners=150, lessons=40))

    assert [step.number for step in steps.list_for_cohort(db, cohort.id)] == [1, 2, 3]
    assert len(lessons.list_for_cohort(db, cohort.id)) == 40
    assert len(marks.rows_by_bucket(db, cohort.id)) == 150
    assert check(db) == []


def test_the_demo_stays_out_of_other_databases(app: Flask) -> None:
    app.config["EMBEDDED"] = False
    try:
        refused = app.test_cli_runner().invoke(args=["demo", "load"])
    finally:
        app.config["EMBEDDED"] = True

    assert refused.exit_code != 0
    assert "--force" in refused.output


def test_the_command_prints_the_accounts_every_time(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = app.test_cli_runner()
    arguments = ["demo", "load", "--learners", "8", "--lessons", "6"]

    first, second = (runner.invoke(args=arguments) for _ in range(2))

    assert first.output.splitlines()[0] == "cohort ai-demo: loaded"
    assert second.output.splitlines()[0] == "cohort ai-demo: is there already"
    for email in ACCOUNTS:
        assert f"{email}  {PASSWORD}" in first.output
        assert f"{email}  {PASSWORD}" in second.output


def _loaded(db: Db, size: Size, *, at: datetime = NOON) -> Cohort:
    load_demo(db, size, at=at)
    return cohorts.get_by_slug(db, SLUG)


def _everything(db: Db, cohort: Cohort) -> object:
    """Return what is the same in every load: all but the curriculum's ids, cells and the hashes."""
    titles = {one.id: one.key for one in lessons.list_for_cohort(db, cohort.id)}
    places = enrolments.list_for_cohort(db, cohort.id)
    logs = [log for place in places for log in lesson_logs.list_for_learner(db, place.id)]
    return (
        [(place.id, place.person_id, place.status, place.joined_on) for place in places],
        sorted((log.id, titles[log.lesson_id], repr(log.entry), log.updated_at) for log in logs),
        [(row.enrolment_id, row.logged_at) for row in rows_of(db, cohort)],
        sorted((one["_id"], one["text"], one["created_at"]) for one in db["comments"].find()),
    )


def test_a_slow_database_is_waited_for(tmp_path: Path) -> None:
    with held_up(tmp_path, activity, activity.NAME) as slow:
        assert load_demo(slow, Size(8, 2), at=NOON).is_new
