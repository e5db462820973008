"""Equal errors are one problem, and one answer reaches exactly those who have it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import NOON, Cast
from tests.crashing import at_once
from tests.helping import (
    ERROR,
    OTHER,
    SAME,
    answers,
    asks,
    cast,
    complaints,
    learner,
    no_pauses,
    says,
    stands_in_queue,
)
from tracker.documents import enrolments, help_requests, lesson_logs, problems
from tracker.documents.schema import Db
from tracker.errors import Conflict, NotFound
from tracker.models import LogState, ProblemId, ProblemState, Status, Verdict
from tracker.reports.help import own_requests, problems_to_answer
from tracker.reports.help_queue import queue_of
from tracker.use_cases.answering_help import (
    merge_problems,
    problem_for,
    release_problem,
    split_problem,
    take_problem,
)
from tracker.use_cases.settling import settle_row

__all__ = ["cast", "no_pauses"]


def test_equal_errors_are_one_problem(db: Db, cast: Cast) -> None:
    eve = learner(db, cast, "Eve")
    _request, first = asks(db, cast, ERROR)
    _request, second = asks(db, cast, SAME, by=eve)
    _request, other = asks(db, cast, OTHER)
    assert first.id == second.id != other.id
    assert second.figures.learners == second.figures.waiting == 2
    assert second.figures.lesson_keys == ("sql",)
    assert complaints(db) == []


def test_the_same_error_in_another_cohort_is_another_problem(db: Db, cast: Cast) -> None:
    _request, ours = asks(db, cast)
    _request, theirs = asks(db, cast, by=(cast.cleo, cast.cleo_place), lesson=None)
    assert ours.id != theirs.id
    with pytest.raises(NotFound):
        problem_for(db, cast.reader("ben"), theirs.id)


def test_a_request_without_an_error_text_is_a_problem_of_its_own(db: Db, cast: Cast) -> None:
    _request, one = asks(db, cast, "", tried="I do not understand joins.")
    _request, two = asks(db, cast, "", tried="I do not understand joins.")
    assert one.id != two.id


def test_a_learner_who_asks_twice_counts_once(db: Db, cast: Cast) -> None:
    asks(db, cast)
    _request, problem = asks(db, cast, at=NOON + timedelta(hours=1))
    assert problem.figures.learners == 1


def test_asking_sets_the_log_to_stuck_and_keeps_what_it_says(db: Db, cast: Cast) -> None:
    cast.ada_logs(db, "sql", LogState.IN_PROGRESS, line="joins", note="so far")
    asks(db, cast, mark_stuck=True)
    log = lesson_logs.find_for(db, cast.ada_place.id, cast.lessons["sql"].id)
    assert log is not None
    assert log.entry.state is LogState.STUCK
    assert (log.entry.line, log.entry.note) == ("joins", "so far")
    asks(db, cast, mark_stuck=True)
    assert lesson_logs.find_for(db, cast.ada_place.id, cast.lessons["sql"].id) == log


def test_one_answer_reaches_exactly_those_who_have_the_problem(db: Db, cast: Cast) -> None:
    eve, finn = learner(db, cast, "Eve"), learner(db, cast, "Finn")
    _request, problem = asks(db, cast)
    asks(db, cast, SAME, by=eve)
    asks(db, cast, OTHER, by=finn)
    answered = answers(db, cast, problem)
    assert answered.state is ProblemState.ANSWERED
    assert answered.owner is not None
    assert answered.owner.name == "Ben"
    for place, reached in ((cast.ada_place, True), (eve[1], True), (finn[1], False)):
        (own,) = own_requests(db, place, now=NOON)
        assert own.is_waiting_for_me is reached
    late = learner(db, cast, "Gil")
    asks(db, cast, ERROR, by=late, at=NOON + timedelta(days=1))
    (own,) = own_requests(db, late[1], now=NOON + timedelta(days=1))
    assert own.is_waiting_for_me


def test_still_stuck_opens_the_problem_and_a_new_answer_asks_again(db: Db, cast: Cast) -> None:
    request, problem = asks(db, cast)
    answers(db, cast, problem)
    says(db, cast, request, Verdict.STILL)
    opened = problems.get(db, problem.id)
    assert (opened.state, opened.figures.still) == (ProblemState.TAKEN, 1)
    assert opened.figures.waiting_since == NOON
    changed = answers(db, cast, opened, "Kill apache2.")
    assert (changed.state, changed.figures.still) == (ProblemState.ANSWERED, 0)
    with pytest.raises(Conflict):
        says(db, cast, request, Verdict.STILL, number=1)
    says(db, cast, request, Verdict.SOLVED, number=2)
    assert problems.get(db, problem.id).state is ProblemState.SOLVED
    assert complaints(db) == []


def test_ada_cannot_judge_for_eve(db: Db, cast: Cast) -> None:
    eve = learner(db, cast, "Eve")
    request, problem = asks(db, cast, by=eve)
    answers(db, cast, problem)
    with pytest.raises(NotFound):
        says(db, cast, request, Verdict.SOLVED)


def test_two_coaches_cannot_take_the_same_problem(db: Db, cast: Cast) -> None:
    _request, problem = asks(db, cast)
    refused = []

    def take(name: str) -> None:
        try:
            take_problem(db, cast.reader(name), problem.id, at=NOON)
        except Conflict:
            refused.append(name)

    at_once([lambda: take("ben"), lambda: take("dana")])
    assert len(refused) == 1
    taken = problems.get(db, problem.id)
    assert taken.state is ProblemState.TAKEN
    assert taken.owner is not None
    assert taken.owner.name.lower() not in refused
    release_problem(db, cast.reader("dana"), problem.id, at=NOON)
    assert problems.get(db, problem.id).state is ProblemState.OPEN


def test_staff_see_the_longest_waits_however_many_are_asked_after(
    db: Db, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(problems, "LIMIT", 3)
    ids = []
    for hours in range(7):
        _request, problem = asks(db, cast, "", tried="Why?", at=NOON + timedelta(hours=hours))
        ids.append(problem.id)
    taken, settled, *later = ids
    take_problem(db, cast.reader("ben"), taken, at=NOON)
    (request,) = help_requests.list_of_problem(db, ProblemId(settled))
    says(db, cast, request.id, Verdict.SOLVED, number=0)
    listed = problems_to_answer(db, cast.ai7, now=NOON + timedelta(days=1))
    assert [each.id for each in listed] == later
    for problem_id in later[1:]:
        answers(db, cast, problems.get(db, ProblemId(problem_id)))
    listed = problems_to_answer(db, cast.ai7, now=NOON + timedelta(days=1))
    assert [each.id for each in listed] == [later[0], settled, taken]


def test_two_answers_at_once_are_told_apart(db: Db, cast: Cast) -> None:
    _request, problem = asks(db, cast)
    answers(db, cast, problem)
    with pytest.raises(Conflict):
        answers(db, cast, problem, "I opened the form before.")


def test_merging_keeps_the_older_one_and_later_equal_errors_join_it(db: Db, cast: Cast) -> None:
    eve = learner(db, cast, "Eve")
    _request, older = asks(db, cast, ERROR)
    _request, newer = asks(db, cast, OTHER, by=eve, lesson="django")
    answers(db, cast, newer)
    kept = merge_problems(db, cast.reader("ben"), older.id, newer.id, at=NOON)
    assert kept == older.id
    merged = problems.get(db, older.id)
    assert merged.figures.learners == 2
    assert merged.figures.lesson_keys == ("django", "sql")
    assert merged.answer is not None
    assert merged.answer.text == "Stop the other one."
    assert problems.get(db, newer.id).figures.learners == 0
    finn = learner(db, cast, "Finn")
    _request, joined = asks(db, cast, OTHER, by=finn)
    assert (joined.id, joined.figures.learners) == (older.id, 3)
    assert problem_for(db, cast.reader("ben"), newer.id).id == older.id
    assert complaints(db) == []


def test_merges_in_a_row_end_at_the_oldest(db: Db, cast: Cast) -> None:
    _request, first = asks(db, cast, ERROR)
    _request, second = asks(db, cast, OTHER)
    _request, third = asks(db, cast, "fatal: not a git repository")
    ben = cast.reader("ben")
    merge_problems(db, ben, second.id, third.id, at=NOON)
    merge_problems(db, ben, first.id, second.id, at=NOON)
    merge_problems(db, ben, third.id, first.id, at=NOON)
    _request, joined = asks(db, cast, "fatal: not a git repository")
    assert joined.id == first.id
    assert complaints(db) == []


def test_what_is_split_off_keeps_its_requests(db: Db, cast: Cast) -> None:
    eve = learner(db, cast, "Eve")
    asks(db, cast, ERROR)
    request, problem = asks(db, cast, SAME, by=eve)
    new = split_problem(
        db, cast.reader("ben"), problem.id, requests=[request], title="On port 8080", at=NOON
    )
    assert [each.id for each in help_requests.list_of_problem(db, new)] == [request]
    assert problems.get(db, problem.id).figures.learners == 1
    _request, joined = asks(db, cast, ERROR, by=learner(db, cast, "Finn"))
    assert joined.id == problem.id
    with pytest.raises(Conflict):
        split_problem(db, cast.reader("ben"), problem.id, requests=[request], title="x", at=NOON)
    assert complaints(db) == []


def test_a_paused_learner_leaves_every_count_and_comes_back(db: Db, cast: Cast) -> None:
    _request, problem = asks(db, cast)
    asks(db, cast, SAME, by=learner(db, cast, "Eve"))
    stands_in_queue(db, cast)
    for status, counted in ((Status.PAUSED, 1), (Status.ACTIVE, 2)):
        enrolments.set_status(
            db, cast.ai7.id, [cast.ada_place.id], status, reason="ill", by=cast.dana.id, at=NOON
        )
        settle_row(db, cast.ada_place.id)
        assert problems.get(db, problem.id).figures.learners == counted
        assert complaints(db) == []
    assert queue_of(db, cast.ai7) == []
