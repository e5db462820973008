"""The rules that say who needs a person, and what staff do about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from tests.cast import Cast, make_cast
from tracker.clock import day_of
from tracker.documents import activity, attention, cohorts, enrolments
from tracker.documents.schema import Db
from tracker.errors import Conflict
from tracker.models import (
    Cohort,
    CohortId,
    CohortState,
    Curriculum,
    EnrolmentId,
    Lesson,
    LessonId,
    LogState,
    Row,
    Said,
    Status,
)
from tracker.reports.dashboards import Glance, glance_at
from tracker.reports.rows import rows_of
from tracker.rules.attention import Contact, Judge, Reason, Rule, Rules
from tracker.rules.course import Course, picker
from tracker.use_cases import attending
from tracker.use_cases.checking import check
from tracker.use_cases.settling import settle_cohort, settle_row

FRIDAY = date(2031, 3, 14)
FIRST = date(2031, 3, 3)  # a Monday
DEFAULT = Rules()


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, tzinfo=timezone.utc)


def cohort_with(*holidays: date) -> Cohort:
    return Cohort(
        id=CohortId("c"),
        slug="ai-7",
        name="AI 7",
        track="AI",
        time_zone="Asia/Seoul",
        starts_on=FIRST,
        ends_on=FIRST + timedelta(days=60),
        holidays=holidays,
        state=CohortState.ACTIVE,
        version=1,
        curriculum_version=1,
    )


def lesson_on(place: int, cell: int) -> Lesson:
    """Return the lesson of one day: the first on 3 March, the next a day later."""
    day = FIRST + timedelta(days=place)
    return Lesson(
        id=LessonId(f"l{place}"),
        key=f"l{place}",
        slug=f"l{place}",
        step_number=1,
        title=f"L{place}",
        outline=(),
        starts_on=day,
        ends_on=day,
        hours=8.0,
        position=place,
        cell=cell,
    )


def course_on(today: date, *holidays: date, cells: tuple[int, ...] = tuple(range(10))) -> Course:
    lessons = tuple(lesson_on(place, cell) for place, cell in enumerate(cells))
    return Course(Curriculum((), lessons, ()), cohort_with(*holidays), today)


def row_with(marks: str = "", **values: object) -> Row:
    row = Row(EnrolmentId("ada"), "Ada", Status.ACTIVE, FIRST, marks, None)
    return replace(row, **values)  # type: ignore[arg-type]


def found(row: Row, course: Course, rules: Rules = DEFAULT) -> dict[Rule, Reason]:
    return {reason.rule: reason for reason in Judge(rules, course).reasons(row)}


def test_weekends_and_holidays_are_no_days_of_silence() -> None:
    logged = row_with(logged_at=noon(date(2031, 3, 7)), logged_cell=4)  # the Friday before
    tuesday, wednesday = date(2031, 3, 11), date(2031, 3, 12)
    assert Rule.SILENT not in found(logged, course_on(tuesday))
    silent = found(logged, course_on(wednesday))[Rule.SILENT]
    assert silent.since == date(2031, 3, 7)
    assert [lesson.slug for lesson in silent.lessons] == ["l4"]
    assert Rule.SILENT not in found(logged, course_on(wednesday, tuesday))


def test_who_never_logged_is_silent_from_joining_or_the_first_lesson() -> None:
    early = row_with(joined_on=date(2031, 2, 1))
    late = row_with(joined_on=date(2031, 3, 12))
    assert found(early, course_on(FRIDAY))[Rule.SILENT].since == FIRST
    assert found(early, course_on(FRIDAY))[Rule.SILENT].lessons == ()
    assert Rule.SILENT not in found(late, course_on(FRIDAY))
    assert Rule.SILENT not in found(early, course_on(date(2031, 3, 1)))


def test_stuck_counts_from_the_moment_in_the_cohorts_own_time() -> None:
    late_on_wednesday = datetime(2031, 3, 12, 14, 30, tzinfo=timezone.utc)  # 23:30 in Seoul
    past_midnight = late_on_wednesday + timedelta(hours=1)
    log = {"logged_at": noon(FRIDAY)}
    both = row_with("!!", stuck_since={0: late_on_wednesday, 1: past_midnight}, **log)
    stuck = found(both, course_on(FRIDAY))[Rule.STUCK]
    assert [lesson.slug for lesson in stuck.lessons] == ["l0"]
    assert stuck.since == date(2031, 3, 12)
    assert Rule.STUCK not in found(both, course_on(FRIDAY, cells=(5, 6, 7)))  # archived lessons


def test_behind_counts_what_is_over_and_not_what_came_before_joining() -> None:
    row = row_with("+!-...", logged_at=noon(FRIDAY))
    behind = found(row, course_on(date(2031, 3, 9)))[Rule.BEHIND]  # six lessons are over
    assert [lesson.slug for lesson in behind.lessons] == ["l1", "l2", "l3", "l4", "l5"]
    assert behind.since == date(2031, 3, 4)
    assert Rule.BEHIND not in found(row, course_on(date(2031, 3, 8)))
    late = replace(row, joined_on=date(2031, 3, 6))
    assert Rule.BEHIND not in found(late, course_on(date(2031, 3, 9)))


@pytest.mark.parametrize(
    ("said", "falls"),
    [("444333", True), ("445334", True), ("444334", False), ("44433", False), ("4.4.4.333", True)],
)
def test_understanding_falls_when_three_are_a_point_below_the_three_before(
    said: str, falls: bool
) -> None:
    row = row_with(logged_at=noon(FRIDAY), said=Said(understanding=said))
    assert (Rule.FALLING in found(row, course_on(FRIDAY))) is falls


def test_understanding_is_read_in_the_order_of_the_curriculum_not_of_the_cells() -> None:
    course = course_on(FRIDAY, cells=(5, 4, 3, 2, 1, 0))
    row = row_with(logged_at=noon(FRIDAY), said=Said(understanding="222555"))
    falling = found(row, course)[Rule.FALLING]
    assert falling.ratings == "555222"
    assert [lesson.cell for lesson in falling.lessons] == [2, 1, 0]


def test_a_rule_that_is_off_lists_nobody() -> None:
    rules = Rules(off=frozenset({Rule.SILENT, Rule.BEHIND}))
    assert found(row_with(), course_on(FRIDAY), rules) == {}


def test_a_picker_takes_cells_in_any_order_and_of_any_number() -> None:
    assert picker([])("+!") == ""
    assert picker([lesson_on(0, 3)])("+!") == "."
    assert picker([lesson_on(0, 1), lesson_on(1, 2)])("+!") == "!."
    assert picker([lesson_on(0, 2), lesson_on(1, 0)])("+!-") == "-+"


# ── What staff do ──


@pytest.fixture
def cast(db: Db) -> Cast:
    """The cast a week after the stories' Thursday: Ada logged SQL then, and is stuck on it."""
    cast = make_cast(db)
    cast.ada_logs(db, "sql", LogState.STUCK)
    return cast


def look(db: Db, cast: Cast, *, days: int = 7) -> Glance:
    today = day_of(cast.at, "Asia/Seoul") + timedelta(days=days)
    return glance_at(db, cohorts.get(db, cast.ai7.id), cast.curriculum, today=today)


def rules_shown(glance: Glance) -> list[Rule]:
    return [need.reason.rule for need in glance.open_needs]


def contact(db: Db, cast: Cast, rule: Rule, *, by: str = "ben") -> bool:
    glance = look(db, cast)
    reason = next(need.reason for need in glance.needs if need.reason.rule is rule)
    return attending.contact(
        db,
        cast.reader(by),
        cast.ada_place.id,
        reason,
        days=3,
        today=day_of(cast.at, "Asia/Seoul") + timedelta(days=7),
        at=cast.at + timedelta(days=7),
    )


def test_contacted_hides_one_row_and_says_by_whom(db: Db, cast: Cast) -> None:
    assert rules_shown(look(db, cast)) == [Rule.STUCK, Rule.SILENT, Rule.BEHIND]
    before = cohorts.get(db, cast.ai7.id).version
    assert contact(db, cast, Rule.STUCK)
    assert rules_shown(look(db, cast)) == [Rule.SILENT, Rule.BEHIND]
    assert cohorts.get(db, cast.ai7.id).version > before
    (hidden,) = [need for need in look(db, cast).needs if not need.is_open]
    assert hidden.contact is not None
    assert (hidden.contact.by, hidden.contact.until) == ("Ben", date(2031, 3, 23))
    assert rules_shown(look(db, cast, days=10))[0] is Rule.STUCK  # three days are over


def test_new_evidence_brings_a_row_back(db: Db, cast: Cast) -> None:
    cast.ada_logs(db, "python", LogState.DONE)
    assert contact(db, cast, Rule.STUCK)
    later = replace(cast, at=cast.at + timedelta(days=1))
    later.ada_logs(db, "django", LogState.STUCK)
    assert rules_shown(look(db, cast))[0] is Rule.STUCK


def test_less_evidence_does_not(db: Db, cast: Cast) -> None:
    replace(cast, at=cast.at + timedelta(days=1)).ada_logs(db, "django", LogState.STUCK)
    assert contact(db, cast, Rule.STUCK)
    cast.ada_logs(db, "django", LogState.DONE, revision=1)
    assert Rule.STUCK not in rules_shown(look(db, cast))


def test_the_second_of_two_coaches_is_told_that_the_first_was_faster(db: Db, cast: Cast) -> None:
    assert contact(db, cast, Rule.STUCK)
    assert not contact(db, cast, Rule.STUCK, by="dana")
    (hidden,) = [need for need in look(db, cast).needs if need.contact]
    assert hidden.contact.by == "Ben"  # type: ignore[union-attr]


def test_undo_takes_back_that_contact_and_no_later_one(db: Db, cast: Cast) -> None:
    contact(db, cast, Rule.STUCK)
    (hidden,) = [need.contact for need in look(db, cast).needs if need.contact]
    told = {"rule": Rule.STUCK, "at": cast.at}
    undo = attending.undo_contact
    assert not undo(db, cast.reader("ben"), cast.ada_place.id, made=hidden.made - 1, **told)  # type: ignore[arg-type]
    assert undo(db, cast.reader("ben"), cast.ada_place.id, made=hidden.made, **told)  # type: ignore[arg-type]
    assert rules_shown(look(db, cast))[0] is Rule.STUCK


def test_a_learner_belongs_to_the_coach_or_to_whoever_took_them(db: Db, cast: Cast) -> None:
    db[enrolments.NAME].update_one(
        {"_id": cast.ada_place.id}, {"$set": {"coach_id": cast.ben_place.id}}
    )
    settle_row(db, cast.ada_place.id)
    assert look(db, cast).needs[0].owner == "Ben"
    assert attending.take_over(db, cast.reader("dana"), cast.ada_place.id, at=cast.at)
    assert not attending.take_over(db, cast.reader("ben"), cast.ada_place.id, at=cast.at)
    assert look(db, cast).needs[0].owner == "Dana"
    assert attending.give_back(db, cast.reader("ben"), cast.ada_place.id, at=cast.at)
    assert look(db, cast).needs[0].owner == "Ben"


@pytest.mark.parametrize("status", [Status.PAUSED, Status.DROPPED, Status.GRADUATED])
def test_who_does_not_learn_now_is_nowhere(db: Db, cast: Cast, status: Status) -> None:
    enrolments.set_status(db, cast.ada_place.id, status, reason="", by=cast.dana.id, at=cast.at)
    settle_cohort(db, cast.ai7.id)
    assert (look(db, cast).lines, look(db, cast).needs) == ((), ())


def test_who_has_not_joined_yet_is_nowhere(db: Db, cast: Cast) -> None:
    assert look(db, cast, days=-25).lines == ()


def test_changed_rules_are_told_one_by_one_and_the_older_form_is_refused(
    db: Db, cast: Cast
) -> None:
    old, later = Rules(), cast.at + timedelta(minutes=1)
    new = Rules(stuck_days=9, off=frozenset({Rule.BEHIND}))
    attending.change_rules(db, cast.reader("ben"), old, new, at=later)
    saved = look(db, cast).attention.rules
    assert (saved, saved.revision) == (new, 1)
    assert rules_shown(look(db, cast)) == [Rule.SILENT]
    told = activity.list_between(db, cast.ai7.id, later, later + timedelta(seconds=1))
    assert sorted((one["verb"], one["subject"]) for one in told) == [
        ("set", "rule:stuck_days:9"),
        ("switched off", "rule:behind"),
    ]
    with pytest.raises(Conflict):
        attending.change_rules(db, cast.reader("dana"), old, old, at=later)
    assert look(db, cast).attention.rules == new


def test_a_change_that_was_cut_off_is_owed_found_and_paid(db: Db, cast: Cast) -> None:
    before = cohorts.get(db, cast.ai7.id).version
    attention.set_rules(db, cast.ai7.id, Rules(stuck_days=9))  # killed before the next write
    assert any("owed to its version" in str(problem) for problem in check(db))
    assert settle_cohort(db, cast.ai7.id) == 1
    assert cohorts.get(db, cast.ai7.id).version == before + 1
    assert check(db) == []


def test_the_sentence_adds_up_and_follows_the_rules(db: Db, cast: Cast) -> None:
    assert look(db, cast).counts == {"on_track": 0, "stuck": 1, "silent": 0}
    cast.ada_logs(db, "sql", LogState.DONE, revision=1)
    assert look(db, cast).counts["silent"] == 1
    attention.set_rules(db, cast.ai7.id, Rules(silent_days=6))
    assert look(db, cast).counts["on_track"] == 1
    assert len(rows_of(db, cohorts.get(db, cast.ai7.id))) == 1


def test_a_contact_hides_up_to_its_last_day() -> None:
    contact = Contact("Ben", noon(FIRST), FRIDAY, reach=2)
    reason = Reason(Rule.STUCK, FIRST, (), reach=2)
    assert contact.hides(reason, FRIDAY - timedelta(days=1))
    assert not contact.hides(reason, FRIDAY)
    assert not contact.hides(replace(reason, reach=3), FIRST)
