"""What staff do about those who need a person, and what becomes of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from tests.cast import Cast, make_cast
from tracker.clock import day_of
from tracker.documents import activity, attention, cohorts, enrolments
from tracker.documents.schema import Db
from tracker.errors import Conflict
from tracker.models import EnrolmentId, LogState, Status
from tracker.reports.dashboards import Glance, glance_at
from tracker.reports.rows import rows_of
from tracker.rules.attention import Rule, Rules
from tracker.use_cases import attending
from tracker.use_cases.catching_up import settle_cohort
from tracker.use_cases.checking import check
from tracker.use_cases.managing_people import set_statuses
from tracker.use_cases.settling import settle_row


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
    enrolments.set_coach(db, cast.ai7.id, [cast.ada_place.id], cast.ben_place.id)
    settle_row(db, cast.ada_place.id)
    assert look(db, cast).needs[0].owner == "Ben"
    assert attending.take_over(db, cast.reader("dana"), cast.ada_place.id, at=cast.at)
    assert not attending.take_over(db, cast.reader("ben"), cast.ada_place.id, at=cast.at)
    assert look(db, cast).needs[0].owner == "Dana"
    assert attending.give_back(db, cast.reader("ben"), cast.ada_place.id, at=cast.at)
    assert look(db, cast).needs[0].owner == "Ben"


def test_the_first_deeds_of_several_coaches_at_once_are_all_kept(db: Db, cast: Cast) -> None:
    learners = [EnrolmentId(f"{number:024x}") for number in range(12)]
    take = partial(attention.take, db, cast.ai7.id, name="Ben")
    for _ in range(5):
        db[attention.NAME].delete_many({})
        with ThreadPoolExecutor(6) as coaches:
            assert all(coaches.map(lambda key: take(enrolment_id=key), learners))
        (saved,) = attention.list_by_id(db, [cast.ai7.id]).values()
        assert saved.taken == dict.fromkeys(learners, "Ben")


@pytest.mark.parametrize("status", [Status.PAUSED, Status.DROPPED, Status.GRADUATED])
def test_who_does_not_learn_now_is_nowhere(db: Db, cast: Cast, status: Status) -> None:
    set_statuses(db, cast.reader("dana"), [cast.ada_place.id], status, reason="", at=cast.at)
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
