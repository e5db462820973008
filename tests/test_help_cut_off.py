"""No request is lost and every problem counts its own, whatever is cut off."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest

from tests.cast import NOON, Cast, make_cast
from tests.crashing import Killed, at_once, calling_at, dying_at, writes_of
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
from tracker.documents import cohorts, enrolments, help_requests, problems
from tracker.documents.schema import Db
from tracker.errors import Conflict
from tracker.models import BUCKET_SIZE, Role, Status, Verdict
from tracker.use_cases.answering_help import (
    merge_problems,
    split_problem,
)
from tracker.use_cases.catching_up import settle_cohort
from tracker.use_cases.checking import check
from tracker.use_cases.joining import enrol
from tracker.use_cases.managing_people import set_statuses
from tracker.use_cases.settling import settle_row
from tracker.use_cases.settling_help import (
    recount,
    settle_help,
    settle_request,
    settle_requests,
)

__all__ = ["cast", "no_pauses"]


def test_a_coach_who_joins_changes_no_count(db: Db, cast: Cast) -> None:
    asks(db, cast)
    enrol(db, cast.ai7, cast.cleo.id, Role.COACH, by=cast.dana.id, at=NOON)
    assert complaints(db) == []


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
        db, cast.ai7.id, [cast.ada_place.id], Status.PAUSED, reason="ill", by=cast.dana.id, at=NOON
    )
    return lambda target: settle_row(target, cast.ada_place.id)


def a_break(db: Db, cast: Cast) -> Callable[[Db], object]:
    eve = learner(db, cast, "Eve")
    asks(db, cast)
    asks(db, cast, SAME, by=eve)
    stands_in_queue(db, cast, eve)
    ids, dana = [cast.ada_place.id, eve[1].id], cast.reader("dana")
    return lambda target: set_statuses(target, dana, ids, Status.PAUSED, reason="break", at=NOON)


DEEDS = [a_request, an_answer, a_verdict, a_merge, a_split, a_pause, a_break]


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
        settle_cohort(db, cast.ai7.id)
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


def test_a_verdict_is_kept_or_refused_while_two_problems_are_merged(db: Db, cast: Cast) -> None:
    """The answers have the same number, so the number alone does not tell them apart."""
    ben, refused = cast.reader("ben"), set()
    for number in range(1, 6):
        _request, older = asks(db, cast, "", tried="Why?", by=learner(db, cast, f"L{number}"))
        request, newer = asks(db, cast, "", tried="How?")
        answers(db, cast, older)
        answers(db, cast, newer)
        merge = partial(merge_problems, db, ben, older.id, newer.id, at=NOON)
        try:
            says(calling_at(db, number, merge), cast, request, Verdict.STILL)
        except Conflict:
            refused.add(number)
        told = db["activity"].count_documents({"subject": f"help:{request}", "verb": "said_still"})
        kept = help_requests.get(db, request).verdict is Verdict.STILL
        assert kept == bool(told) == (number not in refused), number
        assert complaints(db) == [], number
    assert refused == {2, 3}


def test_a_verdict_in_the_middle_of_a_merge_is_refused_and_the_merge_goes_on(
    db: Db, cast: Cast
) -> None:
    ben = cast.reader("ben")
    _request, older = asks(db, cast, ERROR, by=learner(db, cast, "Eve"))
    request, newer = asks(db, cast, OTHER)
    answers(db, cast, older)
    answers(db, cast, newer)
    with suppress(Killed):
        merge_problems(dying_at(db, 1, answered=True), ben, older.id, newer.id, at=NOON)
    with pytest.raises(Conflict):
        says(db, cast, request, Verdict.STILL)
    assert help_requests.get(db, request).problem_id == older.id
    says(db, cast, request, Verdict.STILL)
    assert problems.get(db, older.id).figures.still == 1
    assert complaints(db) == []


def test_a_verdict_that_the_count_did_not_see_stays_owed(db: Db, cast: Cast) -> None:
    """Whoever gave it was killed at once; another one is just paying what the request owed."""
    for number in range(1, 12):
        request, problem = asks(db, cast, "", tried=f"Why, for the {number}th time?")
        answers(db, cast, problem)

        def verdict(request: str = request) -> None:
            with suppress(Killed):
                says(dying_at(db, 1, answered=True), cast, request, Verdict.STILL)

        settle_request(calling_at(db, number, verdict), help_requests.get(db, request))
        settle_help(db, cast.ai7.id)
        assert complaints(db) == [], number


def test_a_count_that_began_before_a_request_does_not_stand(db: Db, cast: Cast) -> None:
    _request, problem = asks(db, cast)
    for number in range(1, 14):
        before = problems.get(db, problem.id)
        late = partial(problems.set_figures, db, before, before.figures)
        asks(calling_at(db, number, late), cast, by=learner(db, cast, f"L{number}"))
        assert complaints(db) == [], number


def test_a_problem_is_counted_once_for_all_whose_status_is_new(db: Db, cast: Cast) -> None:
    places = [cast.ada_place]
    for name in ("Eve", "Finn"):
        cohorts.take_numbers(db, cast.ai7.id, "next_ordinal", BUCKET_SIZE)
        person, place = learner(db, cast, name)
        places.append(place)
        asks(db, cast, by=(person, place))
        asks(db, cast, SAME, by=(person, place))
    _request, problem = asks(db, cast)
    _request, other = asks(db, cast, OTHER)
    before = [problems.get(db, each.id).counts for each in (problem, other)]
    ids = [place.id for place in places]
    set_statuses(db, cast.reader("dana"), ids, Status.PAUSED, reason="break", at=NOON)
    after = [problems.get(db, each.id) for each in (problem, other)]
    assert [each.counts for each in after] == [number + 1 for number in before]
    assert [each.figures.learners for each in after] == [0, 0]
    assert complaints(db) == []


def test_a_problem_that_is_merged_while_a_learner_is_paused_counts_right(
    db: Db, cast: Cast
) -> None:
    ben, dana, ids = cast.reader("ben"), cast.reader("dana"), [cast.ada_place.id]
    for number in range(1, 21):
        eve = learner(db, cast, f"Eve{number}")
        _request, older = asks(db, cast, "", tried="Why?", by=eve)
        _request, newer = asks(db, cast, "", tried="How?")
        merge = partial(merge_problems, db, ben, older.id, newer.id, at=NOON)
        while_merged = calling_at(db, number, merge)
        set_statuses(while_merged, dana, ids, Status.PAUSED, reason="ill", at=NOON)
        assert problems.get(db, newer.id).merged_into == older.id, number
        assert problems.get(db, older.id).figures.learners == 1, number
        set_statuses(db, dana, ids, Status.ACTIVE, reason="well", at=NOON)
        assert problems.get(db, older.id).figures.learners == 2, number
    assert complaints(db) == []


def test_a_request_that_changes_while_its_problem_is_counted_still_owes(db: Db, cast: Cast) -> None:
    request, problem = asks(db, cast)
    answers(db, cast, problem)
    for number in range(1, 6):
        db["help_requests"].update_one(
            {"_id": request}, {"$set": {"owed_to": cast.ai7.id, "verdict": None}}
        )
        recount(db, problem.id)
        owed = help_requests.list_owed(db, cast.ai7.id)
        late = partial(help_requests.judge, db, owed[0], Verdict.SOLVED, on=1)
        settle_requests(calling_at(db, number, late), owed)
        still_owed = help_requests.list_owed(db, cast.ai7.id) != []
        told = problems.get(db, problem.id).figures.solved == 1
        judged = help_requests.get(db, owed[0].id).verdict is Verdict.SOLVED
        assert still_owed or told == judged, number
        settle_help(db, cast.ai7.id)
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
