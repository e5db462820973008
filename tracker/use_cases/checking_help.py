"""Proves that every request for help has joined a problem that counts it."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial

from tracker.documents import help_requests, problems
from tracker.documents.schema import Db
from tracker.models import CohortId, Enrolment, HelpRequest, Problem, ProblemId
from tracker.rules.helping import figures_of
from tracker.use_cases.settling_help import count_learners, recount, settle_request

Finding = tuple[str, Callable[[Db], object] | None]


def look_at_help(db: Db, cohort_id: CohortId, places: list[Enrolment]) -> Iterator[Finding]:
    """Yield what does not hold of a cohort's requests and problems, and how to mend it."""
    for problem_id in problems.list_owed(db, cohort_id):
        yield f"problem {problem_id}: its figures are owed", None
    for request in help_requests.list_owed(db, cohort_id):
        yield f"help request {request.id}: its problem is owed", None
    found = {problem.id: problem for problem in problems.list_for_cohort(db, cohort_id)}
    requests: dict[ProblemId | None, list[HelpRequest]] = defaultdict(list)
    for request in help_requests.list_short_for_cohort(db, cohort_id):
        requests[request.problem_id].append(request)
        problem = found.get(request.problem_id) if request.problem_id else None
        if problem is None or problem.merged_into is not None:
            mend = partial(_join_what_stands, request=request, left=problem)
            yield f"help request {request.id}: it is with no problem that stands", mend
    for problem in found.values():
        if figures_of(problem, requests[problem.id]) != problem.figures:
            count = partial(recount, problem_id=problem.id)
            yield f"problem {problem.id}: its figures differ from its requests", count
    yield from _wrongly_counted(requests, places)


def _join_what_stands(db: Db, request: HelpRequest, left: Problem | None) -> None:
    """Let the request join the problem that its own is part of by now, and count both anew."""
    settle_request(db, request)
    if left is not None:
        recount(db, left.id)


def _wrongly_counted(
    requests: dict[ProblemId | None, list[HelpRequest]], places: list[Enrolment]
) -> Iterator[Finding]:
    there = {place.id: place for place in places}
    wrong = {
        each.enrolment_id
        for joined in requests.values()
        for each in joined
        if each.counts != there[each.enrolment_id].is_active
    }
    for enrolment_id in sorted(wrong):
        mend = partial(count_learners, places=[there[enrolment_id]])
        yield f"enrolment {enrolment_id}: its help requests are wrongly counted", mend
