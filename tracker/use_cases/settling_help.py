"""Pays what requests and problems owe: each request joins its problem, each problem is counted.

A request is true, and says itself that it still has to join (`owed_to`); a merge or a split says
so of the problem that it changed, a new status of the learner's place. Every step here can be
done again, so a process may be killed between any two of them.
"""

from collections import defaultdict
from collections.abc import Iterable

from tracker.clock import utc_now
from tracker.documents import cohorts, enrolments, help_queue, help_requests, problems
from tracker.documents.schema import Db, batches
from tracker.models import (
    CohortId,
    Enrolment,
    EnrolmentId,
    HelpRequest,
    Problem,
    ProblemId,
    Status,
)
from tracker.rules.helping import figures_of

COUNTED_AT_ONCE = 25
"""Problems that are counted together: each may have hundreds of requests."""


def settle_request(db: Db, request: HelpRequest) -> Problem:
    """Let the request join its problem and count that anew; return the problem."""
    while True:
        problem = last_of(db, _problem_of(db, request))
        if request.problem_id != problem.id:
            help_requests.join(db, request, problem.id)
        request = help_requests.get(db, request.id)  # before the count: only what it saw is paid
        counted = _counted_by_someone(db, problem.id)
        joined = request.problem_id == problem.id and counted.merged_into is None
        if joined and help_requests.clear_owed(db, request):
            return counted


def settle_requests(db: Db, requests: list[HelpRequest]) -> None:
    """Count each problem that these requests have joined once; then let the others join theirs.

    `requests` were read before, so each count knows of them as they were; one that has changed
    since is left to whoever changed it, or to the next who settles.
    """
    joined: dict[ProblemId, list[HelpRequest]] = defaultdict(list)
    others = []
    for request in requests:
        if request.problem_id is None:
            others.append(request)
        else:
            joined[request.problem_id].append(request)
    for problem_id, told in joined.items():
        if _counted_by_someone(db, problem_id).merged_into is None:
            help_requests.clear_owed_of(db, problem_id, told)
        else:
            others += told
    for request in others:
        settle_request(db, request)


def settle_problem(db: Db, problem_id: ProblemId) -> None:
    """Move what a merge or a split has still to move, and count the problem anew."""
    while True:
        problem = problems.get(db, problem_id)
        if problem.merged_into is not None:
            _move_into(db, problem)
        elif problem.moving and problem.split_from:
            help_requests.move(db, problem.split_from, problem.id, only=problem.moving)
            recount(db, problem.split_from)
        if problems.clear_owed(db, recount(db, problem_id)):
            return


def settle_help(db: Db, cohort_id: CohortId) -> None:
    """Pay everything that is owed to a cohort's problems."""
    for problem_id in problems.list_owed(db, cohort_id):
        settle_problem(db, problem_id)
    settle_requests(db, help_requests.list_owed(db, cohort_id))


def settle_learners(db: Db, places: list[Enrolment]) -> None:
    """Count the requests of those of these learners whose status is new, or leave them out."""
    count_learners(db, [place for place in places if place.requests_owed])


def count_learners(db: Db, places: list[Enrolment]) -> None:
    """Count the requests of learners, or leave them out, as their status says.

    Each of their problems is counted once. A request that moves after they were looked up is told
    of by whoever moves it.
    """
    alike: dict[tuple[CohortId, Status], list[EnrolmentId]] = defaultdict(list)
    for place in places:
        alike[place.cohort_id, place.status].append(place.id)
    for (cohort_id, status), ids in alike.items():
        help_requests.set_counts(db, ids, counts=status is Status.ACTIVE)
        if status is not Status.ACTIVE:
            help_queue.close_all(db, ids, cohort_id, at=utc_now())
    _recount_all(db, help_requests.problems_of(db, [place.id for place in places]))
    for (_, status), ids in alike.items():
        enrolments.clear_requests_owed(db, ids, status)


def recount(db: Db, problem_id: ProblemId) -> Problem:
    """Set the problem's figures from its requests; return it with its `seq` as it is then."""
    while True:
        problem = problems.get(db, problem_id)
        figures = figures_of(problem, help_requests.list_short_of_problem(db, problem_id))
        if counted := problems.set_figures(db, problem, figures):
            return counted


def _recount_all(db: Db, problem_ids: Iterable[ProblemId]) -> None:
    """Count some problems anew, each once after this call began."""
    for ids in batches(sorted(problem_ids), COUNTED_AT_ONCE):
        found = problems.list_by_id(db, ids)
        requests: dict[ProblemId | None, list[HelpRequest]] = defaultdict(list)
        for request in help_requests.list_short_of_problems(db, ids):
            requests[request.problem_id].append(request)
        counted = [(problem, figures_of(problem, requests[problem.id])) for problem in found]
        if not problems.set_all_figures(db, counted):
            for problem_id in ids:
                _counted_by_someone(db, problem_id)


def _counted_by_someone(db: Db, problem_id: ProblemId) -> Problem:
    """Return the problem once it was counted after this call began: here, or by others.

    Where hundreds send the same error at once, each would else wait for a moment in which nobody
    counts. Of two counts by others, the second began after the first was set, hence after this.
    """
    first = problem = problems.get(db, problem_id)
    while problem.counts < first.counts + 2:
        figures = figures_of(problem, help_requests.list_short_of_problem(db, problem_id))
        if counted := problems.set_figures(db, problem, figures):
            return counted
        problem = problems.get(db, problem_id)
    return problem


def last_of(db: Db, problem: Problem) -> Problem:
    """Return the problem that this one is part of by now; each is part of an older one."""
    while problem.merged_into is not None:
        problem = problems.get(db, problem.merged_into)
    return problem


def _problem_of(db: Db, request: HelpRequest) -> Problem:
    if request.problem_id is not None:
        return problems.get(db, request.problem_id)
    return problems.find_or_add(
        db,
        request.cohort_id,
        starts_on=cohorts.get(db, request.cohort_id).starts_on,
        fingerprint=request.fingerprint,
        shape=request.shape,
        title=request.title,
    )


def _move_into(db: Db, merged: Problem) -> None:
    """Give what a merged problem holds to the one that it is part of."""
    while True:
        target = last_of(db, merged)
        problems.inherit(db, target.id, merged)
        help_requests.move(db, merged.id, target.id)
        if recount(db, target.id).merged_into is None:
            return
