"""Requests join problems; one answer reaches exactly those who have one, whatever is cut off."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest

from tests.cast import NOON, Cast, make_cast
from tests.crashing import Killed, at_once, calling_at, dying_at, writes_of
from tests.helping import ERROR, OTHER, SAME, asks, learner, stands_in_queue
from tracker.documents import enrolments, help_requests, lesson_logs, problems
from tracker.documents.schema import Db
from tracker.errors import Conflict, NotFound
from tracker.models import LogState, Problem, ProblemState, Role, Status, TicketState, Verdict
from tracker.reports.help import known_problems, own_requests, published, similar_to
from tracker.reports.help_queue import place_of, queue_of, waits_of
from tracker.use_cases import checking
from tracker.use_cases.answering_help import (
    answer_problem,
    merge_problems,
    problem_for,
    release_problem,
    split_problem,
    take_problem,
)
from tracker.use_cases.asking_for_help import judge_answer
from tracker.use_cases.checking import check
from tracker.use_cases.joining import enrol
from tracker.use_cases.queueing import Step, Turn, step, turn
from tracker.use_cases.settling import settle_row
from tracker.use_cases.settling_help import settle_help


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PAUSE", 0.0)


@pytest.fixture
def cast(db: Db) -> Cast:
    return make_cast(db)


def complaints(db: Db) -> list[str]:
    return [str(problem) for problem in check(db)]


def answers(db: Db, cast: Cast, problem: Problem, text: str = "Stop the other one.") -> Problem:
    number = problem.answer.number if problem.answer else 0
    answer_problem(
        db,
        cast.reader("ben"),
        problem.id,
        title="nginx: the port is taken",
        text=text,
        number=number,
        at=NOON,
    )
    return problems.get(db, problem.id)


def says(db: Db, cast: Cast, request_id: str, verdict: Verdict, number: int = 1) -> None:
    judge_answer(db, cast.ada_place, request_id, verdict, number=number, at=NOON)  # type: ignore[arg-type]


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
        enrolments.set_status(db, cast.ada_place.id, status, reason="ill", by=cast.dana.id, at=NOON)
        settle_row(db, cast.ada_place.id)
        assert problems.get(db, problem.id).figures.learners == counted
        assert complaints(db) == []
    assert queue_of(db, cast.ai7) == []


# Killed between any two writes.


def a_request(db: Db, cast: Cast) -> Callable[[Db], object]:
    asks(db, cast, SAME, by=learner(db, cast, "Eve"))
    return lambda target: asks(target, cast, ERROR)


def an_answer(db: Db, cast: Cast) -> Callable[[Db], object]:
    _request, problem = asks(db, cast)
    return lambda target: answers(target, cast, problem)


def a_verdict(db: Db, cast: Cast) -> Callable[[Db], object]:
    request, problem = asks(db, cast)
    answers(db, cast, problem)
    return lambda target: says(target, cast, request, Verdict.SOLVED)


def a_merge(db: Db, cast: Cast) -> Callable[[Db], object]:
    _request, older = asks(db, cast, ERROR)
    _request, newer = asks(db, cast, OTHER, by=learner(db, cast, "Eve"))
    asks(db, cast, OTHER, by=learner(db, cast, "Finn"))
    answers(db, cast, newer)
    ben = cast.reader("ben")
    return lambda target: merge_problems(target, ben, older.id, newer.id, at=NOON)


def a_split(db: Db, cast: Cast) -> Callable[[Db], object]:
    asks(db, cast, ERROR)
    request, problem = asks(db, cast, SAME, by=learner(db, cast, "Eve"))
    ben = cast.reader("ben")
    return lambda target: split_problem(
        target, ben, problem.id, requests=[request], title="Other", at=NOON
    )


def a_pause(db: Db, cast: Cast) -> Callable[[Db], object]:
    asks(db, cast)
    asks(db, cast, OTHER)
    stands_in_queue(db, cast)
    enrolments.set_status(
        db, cast.ada_place.id, Status.PAUSED, reason="ill", by=cast.dana.id, at=NOON
    )
    return lambda target: settle_row(target, cast.ada_place.id)


DEEDS = [a_request, an_answer, a_verdict, a_merge, a_split, a_pause]


@pytest.mark.parametrize("answered", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("deed", DEEDS)
def test_a_process_may_be_killed_at_any_write(
    db: Db, deed: Callable[[Db, Cast], Callable[[Db], object]], answered: bool
) -> None:
    """No request is lost, and whoever comes next makes the figures right again."""
    cast = make_cast(db)
    act = deed(db, cast)
    before = {name: list(db[name].find()) for name in ("help_requests", "problems", "enrolments")}
    tickets, rows = list(db["help_queue"].find()), list(db["marks"].find())

    def again() -> None:
        for name, documents in {**before, "help_queue": tickets, "marks": rows}.items():
            db[name].delete_many({})
            if documents:
                db[name].insert_many(documents)

    total = writes_of(db, act)
    for number in range(1, total + 1):
        again()
        with suppress(Killed):
            act(dying_at(db, number, answered=answered))
        settle_help(db, cast.ai7.id)
        for enrolment_id in enrolments.list_owed(db, cast.ai7.id):
            settle_row(db, enrolment_id)
        assert complaints(db) == [], number
        kept = {each["_id"] for each in db["help_requests"].find()}
        assert kept >= {each["_id"] for each in before["help_requests"]}


def test_requests_that_come_while_two_problems_are_merged_are_not_lost(db: Db, cast: Cast) -> None:
    people = [learner(db, cast, name) for name in ("Eve", "Finn", "Gil", "Hana")]
    _request, older = asks(db, cast, ERROR)
    _request, newer = asks(db, cast, OTHER)
    ben = cast.reader("ben")
    at_once(
        [
            lambda: merge_problems(db, ben, older.id, newer.id, at=NOON),
            *(lambda each=each: asks(db, cast, OTHER, by=each) for each in people),
        ]
    )
    assert complaints(db) == []
    assert problems.get(db, older.id).figures.learners == 5


def test_a_count_that_began_before_a_request_does_not_stand(db: Db, cast: Cast) -> None:
    _request, problem = asks(db, cast)
    for number in range(1, 14):
        before = problems.get(db, problem.id)
        late = partial(problems.set_figures, db, before, before.figures)
        asks(calling_at(db, number, late), cast, by=learner(db, cast, f"L{number}"))
        assert complaints(db) == [], number


def test_check_tells_wrong_figures_and_repairs_them(db: Db, cast: Cast) -> None:
    request, problem = asks(db, cast)
    db["problems"].update_one({"_id": problem.id}, {"$set": {"figures.learners": 7}})
    db["help_requests"].update_one({"_id": request}, {"$set": {"counts": False}})
    told = "\n".join(complaints(db))
    assert f"problem {problem.id}: its figures differ" in told
    assert f"enrolment {cast.ada_place.id}: its help requests are wrongly counted" in told
    check(db, repair=True)
    assert complaints(db) == []
    assert problems.get(db, problem.id).figures.learners == 1


# What peers and the next cohort may know.


def solved(db: Db, cast: Cast) -> Problem:
    request, problem = asks(db, cast)
    answers(db, cast, problem)
    says(db, cast, request, Verdict.SOLVED)
    return problems.get(db, problem.id)


def test_peers_see_solved_problems_alone_and_no_count_below_five(db: Db, cast: Cast) -> None:
    asks(db, cast, OTHER)
    problem = solved(db, cast)
    (seen,) = published(db, cast.ai7, now=NOON)
    assert (seen.title, seen.learners) == ("nginx: the port is taken", None)
    for name in ("Eve", "Finn", "Gil", "Hana"):
        asks(db, cast, SAME, by=learner(db, cast, name))
    (seen,) = published(db, cast.ai7, now=NOON)
    assert seen.learners == problems.get(db, problem.id).figures.learners == 5
    assert published(db, cast.web3, now=NOON) == []


def test_what_is_being_typed_finds_what_was_solved(db: Db, cast: Cast) -> None:
    solved(db, cast)
    asks(db, cast, OTHER)
    typed = "[emerg] bind() to 0.0.0.0:443 failed (98: Address already in use)"
    (found,) = similar_to(db, cast.ai7, tried="", error=typed, now=NOON)
    assert found.title == "nginx: the port is taken"
    assert similar_to(db, cast.ai7, tried="", error=OTHER, now=NOON) == []
    assert similar_to(db, cast.ai7, tried="", error="", now=NOON) == []
    assert similar_to(db, cast.web3, tried="", error=typed, now=NOON) == []


def test_the_next_cohort_knows_the_three_most_had_problems_of_a_lesson(db: Db, cast: Cast) -> None:
    problem = solved(db, cast)
    assert known_problems(db, cast.ai7, cast.lessons["sql"]) == ()
    earlier = (cast.ai7.starts_on - timedelta(days=200)).isoformat()
    db["problems"].update_one(
        {"_id": problem.id}, {"$set": {"cohort_id": cast.web3.id, "cohort_starts_on": earlier}}
    )
    (known,) = known_problems(db, cast.ai7, cast.lessons["sql"])
    assert known.title == "nginx: the port is taken"
    assert known_problems(db, cast.ai7, cast.lessons["django"]) == ()


# The queue for live help.


def test_one_open_ticket_each_and_the_place_is_kept_while_away(db: Db, cast: Cast) -> None:
    eve = learner(db, cast, "Eve")
    stands_in_queue(db, cast)
    stands_in_queue(db, cast, at=NOON + timedelta(minutes=9))
    stands_in_queue(db, cast, eve, at=NOON + timedelta(minutes=5))
    assert [ticket.name for ticket in queue_of(db, cast.ai7)] == ["Ada", "Eve"]
    step(db, cast.ada_place, Step.AWAY, at=NOON)
    place = place_of(db, cast.ai7, eve[1])
    assert place is not None
    assert place.number == 2
    step(db, cast.ada_place, Step.BACK, at=NOON)
    place = place_of(db, cast.ai7, cast.ada_place)
    assert place is not None
    assert (place.number, place.ticket.state) == (1, TicketState.WAITING)
    step(db, cast.ada_place, Step.LEAVE, at=NOON)
    assert place_of(db, cast.ai7, cast.ada_place) is None
    stands_in_queue(db, cast, at=NOON + timedelta(minutes=20))
    assert [ticket.name for ticket in queue_of(db, cast.ai7)] == ["Eve", "Ada"]
    with pytest.raises(Conflict):
        step(db, cast.ada_place, Step.BACK, at=NOON)


def test_two_coaches_cannot_take_the_same_learner(db: Db, cast: Cast) -> None:
    ticket = stands_in_queue(db, cast)
    refused = []

    def take(name: str) -> None:
        try:
            turn(db, cast.reader(name), ticket, Turn.TAKE, at=NOON + timedelta(minutes=4))
        except Conflict:
            refused.append(name)

    at_once([lambda: take("ben"), lambda: take("dana")])
    assert len(refused) == 1
    (taken,) = queue_of(db, cast.ai7)
    assert taken.helper is not None
    assert taken.helper.name.lower() not in refused


def test_who_is_put_back_stands_where_they_stood(db: Db, cast: Cast) -> None:
    ticket = stands_in_queue(db, cast)
    stands_in_queue(db, cast, learner(db, cast, "Eve"), at=NOON + timedelta(minutes=1))
    ben = cast.reader("ben")
    turn(db, ben, ticket, Turn.TAKE, at=NOON + timedelta(minutes=2))
    turn(db, ben, ticket, Turn.GIVE_BACK, at=NOON + timedelta(minutes=3))
    assert [each.name for each in queue_of(db, cast.ai7)] == ["Ada", "Eve"]
    turn(db, ben, ticket, Turn.TAKE, at=NOON + timedelta(minutes=4))
    turn(db, ben, ticket, Turn.DONE, at=NOON + timedelta(minutes=9))
    with pytest.raises(Conflict):
        turn(db, ben, ticket, Turn.TAKE, at=NOON)
    waits = waits_of(db, cast.ai7, now=NOON + timedelta(days=1))
    assert (waits.taken, waits.half, waits.most) == (1, 240.0, 240.0)


def test_a_ticket_of_another_cohort_does_not_exist(db: Db, cast: Cast) -> None:
    ticket = stands_in_queue(db, cast, (cast.cleo, cast.cleo_place))
    with pytest.raises(NotFound):
        turn(db, cast.reader("ben"), ticket, Turn.TAKE, at=NOON)


def test_a_coach_who_joins_changes_no_count(db: Db, cast: Cast) -> None:
    asks(db, cast)
    enrol(db, cast.ai7, cast.cleo.id, Role.COACH, by=cast.dana.id, at=NOON)
    assert complaints(db) == []
