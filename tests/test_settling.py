"""Records and derived figures agree again after a crash at any point, and in any order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import NOON, Cast, make_cast, true_journal, true_row
from tests.crashing import Killed, at_once, calling_at, dying_at, interleaved, watched, writes_of
from tests.database import empty
from tracker.documents import enrolments, journals, lesson_logs, marks
from tracker.documents.schema import Db
from tracker.errors import Conflict
from tracker.models import LogState, Retrospective, Role, Status
from tracker.use_cases import checking
from tracker.use_cases.accounts import change_profile
from tracker.use_cases.catching_up import settle_cohort
from tracker.use_cases.checking import check
from tracker.use_cases.joining import enrol
from tracker.use_cases.looking_back import save_retrospective

STATES = list(LogState)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PAUSE", 0.0)


def problems(db: Db) -> list[str]:
    return [str(problem) for problem in check(db)]


def ada_saves(
    cast: Cast, state: LogState, *, revision: int, line: str = ""
) -> Callable[[Db], None]:
    def act(db: Db) -> None:
        cast.ada_logs(db, "sql", state, revision=revision, line=line)

    return act


def a_first_log(db: Db, cast: Cast) -> Callable[[Db], None]:
    return ada_saves(cast, LogState.STUCK, revision=0, line="port 3306")


def a_second_save(db: Db, cast: Cast) -> Callable[[Db], None]:
    ada_saves(cast, LogState.STUCK, revision=0)(db)
    return ada_saves(cast, LogState.DONE, revision=1)


def a_save_on_a_debt(db: Db, cast: Cast) -> Callable[[Db], None]:
    with pytest.raises(Killed):
        ada_saves(cast, LogState.STUCK, revision=0)(dying_at(db, 1, answered=True))
    return ada_saves(cast, LogState.DONE, revision=1)


def a_join(db: Db, cast: Cast) -> Callable[[Db], None]:
    def act(target: Db) -> None:
        enrol(target, cast.ai7, cast.cleo.id, Role.LEARNER, by=cast.dana.id, at=NOON)

    return act


def a_name_change(db: Db, cast: Cast) -> Callable[[Db], None]:
    ada_saves(cast, LogState.DONE, revision=0)(db)
    return lambda target: change_profile(
        target, cast.ada.id, name="Ada L.", language="en", theme="dark"
    )


def setter(db: Db, cast: Cast) -> Callable[[Status], None]:
    """Return what sets Ada's status."""
    by, place = cast.dana.id, [cast.ada_place.id]
    return partial(enrolments.set_status, db, cast.ai7.id, place, reason="", by=by, at=NOON)


def a_pause(db: Db, cast: Cast) -> Callable[[Db], None]:
    def act(target: Db) -> None:
        setter(target, cast)(Status.PAUSED)
        settle_cohort(target, cast.ai7.id)

    return act


def a_look_back(db: Db, cast: Cast) -> Callable[[Db], None]:
    step = cast.curriculum.steps[0]
    written = Retrospective(cast.ada_place.id, step.id, good="pairs")
    return lambda target: save_retrospective(target, cast.ai7.id, written, by=cast.ada.id, at=NOON)


DEEDS = [
    *(a_first_log, a_second_save, a_save_on_a_debt),
    *(a_join, a_name_change, a_pause, a_look_back),
]


def assert_settled(db: Db, cast: Cast) -> None:
    """Read as the next reader does, then compare every row and journal with its records."""
    for cohort in (cast.ai7, cast.web3):
        settle_cohort(db, cohort.id)
        learners = [
            place
            for place in enrolments.list_for_cohort(db, cohort.id)
            if place.role is Role.LEARNER
        ]
        expected = {place.id: true_row(db, place) for place in learners}
        rows = marks.rows_by_bucket(db, cohort.id).values()
        assert {row.enrolment_id: row for row in rows} == expected
        assert all(journals.find(db, one.id) == true_journal(db, one) for one in learners)
    assert problems(db) == []


@pytest.mark.parametrize("answered", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("deed", DEEDS)
def test_a_process_may_be_killed_at_any_write(
    db: Db, deed: Callable[[Db, Cast], Callable[[Db], None]], answered: bool
) -> None:
    cast = make_cast(db)
    count = writes_of(db, deed(db, cast))
    assert count >= 3
    for number in range(1, count + 1):
        empty(db)
        cast = make_cast(db)
        act = deed(db, cast)
        with pytest.raises(Killed):
            act(dying_at(db, number, answered=answered))
        assert_settled(db, cast)


@pytest.mark.parametrize("deed", DEEDS)
def test_a_reader_in_between_and_then_a_kill_lose_nothing(
    db: Db, deed: Callable[[Db, Cast], Callable[[Db], None]]
) -> None:
    cast = make_cast(db)
    count = writes_of(db, deed(db, cast))
    for number in range(2, count + 1):
        empty(db)
        cast = make_cast(db)
        act = deed(db, cast)
        with suppress(Killed):  # the readers may have left it less to write
            act(_read_before_each_step(dying_at(db, number, answered=False), db, cast))
        assert_settled(db, cast)


def _read_before_each_step(target: Db, db: Db, cast: Cast) -> Db:
    def read(_: str) -> None:
        settle_cohort(db, cast.ai7.id)

    return watched(target, before=read)


def test_two_saves_at_once_keep_one_and_tell_the_other(db: Db) -> None:
    for turn in range(1, 16):
        empty(db)
        cast = make_cast(db)
        acts = [
            ada_saves(cast, state, revision=0, line=state.value)
            for state in (LogState.STUCK, LogState.DONE)
        ]
        saved: list[int] = []

        def save(target: Db, number: int, acts: list[Callable[[Db], None]] = acts) -> None:
            try:
                acts[number](target)
            except Conflict:
                return
            saved.append(number)  # noqa: B023  used in this turn alone

        save(calling_at(db, turn, lambda: save(db, 1)), 0)
        log = lesson_logs.find_for(db, cast.ada_place.id, cast.lessons["sql"].id)
        assert log is not None
        assert log.revision == 1
        assert [(LogState.STUCK, LogState.DONE)[number] for number in saved] == [log.entry.state]
        assert_settled(db, cast)


SCHEDULES = st.lists(st.integers(0, 2), max_size=60)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(schedule=SCHEDULES, states=st.tuples(*[st.sampled_from(STATES)] * 2))
def test_two_writers_and_a_reader_in_any_order(
    db: Db, schedule: list[int], states: tuple[LogState, LogState]
) -> None:
    empty(db)
    cast = make_cast(db)
    ada_saves(cast, LogState.IN_PROGRESS, revision=0)(db)

    def writer(state: LogState) -> Callable[[Db], None]:
        def act(target: Db) -> None:
            with suppress(Conflict):
                ada_saves(cast, state, revision=1)(target)

        return act

    def reader(target: Db) -> None:
        settle_cohort(target, cast.ai7.id)

    interleaved(db, schedule, writer(states[0]), writer(states[1]), reader)
    log = lesson_logs.find_for(db, cast.ada_place.id, cast.lessons["sql"].id)
    assert log is not None
    assert log.revision == 2
    assert not log.owed
    assert_settled(db, cast)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(schedule=SCHEDULES, killed_at=st.integers(1, 12), victim=st.integers(0, 2))
def test_any_order_with_one_of_them_killed(
    db: Db, schedule: list[int], killed_at: int, victim: int
) -> None:
    empty(db)
    cast = make_cast(db)

    def saves(slug: str) -> Callable[[Db], None]:
        return lambda target: cast.ada_logs(target, slug, LogState.DONE)

    acts = [saves("sql"), saves("django"), a_name_change(db, _other_log(cast))]
    kill = acts[victim]

    def dies(target: Db) -> None:
        with suppress(Killed):
            kill(dying_at(target, killed_at, answered=killed_at % 2 == 0))

    acts[victim] = dies
    interleaved(db, schedule, *acts)
    assert_settled(db, cast)


def _other_log(cast: Cast) -> Cast:
    """Return the cast with "sql" meaning another lesson, so that a setup leaves the real one."""
    return replace(cast, lessons={**cast.lessons, "sql": cast.lessons["python"]})


def test_many_real_threads_on_few_logs(db: Db) -> None:
    cast = make_cast(db)

    def save_often(slug: str, worker: int) -> None:
        for turn in range(12):
            log = lesson_logs.find_for(db, cast.ada_place.id, cast.lessons[slug].id)
            state = STATES[(worker + turn) % len(STATES)]
            with suppress(Conflict):
                cast.ada_logs(db, slug, state, revision=log.revision if log else 0)

    def read_often() -> None:
        for _ in range(30):
            settle_cohort(db, cast.ai7.id)

    writers = [
        partial(save_often, slug, worker) for slug in list(cast.lessons)[:3] for worker in range(2)
    ]
    at_once([*writers, read_often, partial(a_name_change(db, cast), db)])

    assert problems(db) == []
    assert_settled(db, cast)


def test_one_person_joining_twice_at_once_gets_one_place(db: Db) -> None:
    cast = make_cast(db)

    at_once([partial(a_join(db, cast), db)] * 6)

    places = enrolments.list_for_cohort(db, cast.ai7.id)
    assert [place.person_id for place in places].count(cast.cleo.id) == 1
    assert_settled(db, cast)


@pytest.mark.parametrize("pays", [False, True])
@pytest.mark.parametrize("killed_at", [1, 2, 9])
def test_a_status_set_inside_a_settling_is_not_lost(db: Db, killed_at: int, pays: bool) -> None:
    for turn in range(1, 12):
        empty(db)
        cast = make_cast(db)
        set_status = setter(db, cast)
        set_status(Status.PAUSED)

        def drop(cast: Cast = cast, set_status: Callable[..., None] = set_status) -> None:
            set_status(Status.DROPPED)
            if pays:
                settle_cohort(db, cast.ai7.id)

        with suppress(Killed):
            target = dying_at(db, killed_at, answered=True)
            settle_cohort(calling_at(target, turn, drop), cast.ai7.id)
        assert_settled(db, cast)
