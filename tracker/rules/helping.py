"""What the requests of a problem add up to, and how long people wait."""

from collections.abc import Iterable, Sequence
from math import ceil

from tracker.models import Figures, HelpRequest, Problem, ProblemState, Verdict


def figures_of(problem: Problem, requests: Iterable[HelpRequest]) -> Figures:
    """Return the figures of a problem that has these requests; those that do not count are out.

    Where a learner has asked twice, the last request tells how they are.
    """
    counted = sorted(
        (each for each in requests if each.counts), key=lambda each: (each.created_at, each.id)
    )
    last = {each.enrolment_id: each for each in counted}
    number = problem.answer.number if problem.answer else 0
    solved = [each for each in last.values() if each.verdict is Verdict.SOLVED]
    still = [each for each in last.values() if number and _is_still_stuck(each, number)]
    waiting = still if number else [each for each in last.values() if each not in solved]
    return Figures(
        state=_state_of(problem, solved=len(solved), still=len(still)),
        learners=len(last),
        waiting=len(waiting),
        solved=len(solved),
        still=len(still),
        first_at=counted[0].created_at if counted else None,
        last_at=counted[-1].created_at if counted else None,
        waiting_since=min((each.created_at for each in waiting), default=None),
        lesson_keys=tuple(sorted({each.lesson_key for each in counted if each.lesson_key})),
    )


def _is_still_stuck(request: HelpRequest, number: int) -> bool:
    return request.verdict is Verdict.STILL and request.verdict_on == number


def _state_of(problem: Problem, *, solved: int, still: int) -> ProblemState:
    """Return the state: one who is still stuck opens an answered problem again."""
    if problem.answer and not still:
        return ProblemState.SOLVED if solved else ProblemState.ANSWERED
    return ProblemState.TAKEN if problem.owner else ProblemState.OPEN


def percentile(seconds: Sequence[float], share: float) -> float | None:
    """Return the least value that `share` (0.0 to 1.0) of them do not exceed; None for none."""
    if not seconds:
        return None
    return sorted(seconds)[max(0, ceil(share * len(seconds)) - 1)]
