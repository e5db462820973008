"""What peers and the next cohort may know of a problem."""

from __future__ import annotations

from datetime import timedelta

from tests.cast import NOON, Cast
from tests.helping import (
    OTHER,
    SAME,
    answers,
    asks,
    cast,
    learner,
    says,
)
from tracker.documents import problems
from tracker.documents.schema import Db
from tracker.models import Problem, Verdict
from tracker.reports.help import known_problems, published, similar_to

__all__ = ["cast"]


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
