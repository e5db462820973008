"""Problems and requests as staff, those who have them, and their peers may see them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo import ASCENDING, DESCENDING
from rapidfuzz import fuzz

from tracker.documents import help_requests, problems
from tracker.documents.help_requests import request_from
from tracker.documents.problems import TO_ANSWER, WITH_ANSWER, problem_from
from tracker.documents.schema import Db
from tracker.models import Cohort, Enrolment, HelpRequest, Lesson, Problem, ProblemState, Verdict
from tracker.reports.shares import LEAST_SHOWN
from tracker.rules.fingerprints import fingerprint_of

OWN_DAYS = 180
OWN_MOST = 50
LIST_DAYS = 365
EARLIER_DAYS = 3 * 365  # how far back cohorts are asked what was solved on a lesson
ALIKE = 70.0  # of 100; below, a problem is not offered as similar
SUGGESTED = 3


@dataclass(frozen=True)
class OwnRequest:
    """A learner's request with the problem that it has joined; None: it is about to."""

    request: HelpRequest
    problem: Problem | None

    @property
    def is_waiting_for_me(self) -> bool:
        """Tell whether there is an answer of which the learner has said nothing yet."""
        answer = self.problem.answer if self.problem else None
        if answer is None or self.request.verdict is Verdict.SOLVED:
            return False
        return self.request.verdict_on != answer.number


@dataclass(frozen=True)
class PublicProblem:
    """What peers may know of a solved problem; `learners` is None where they are too few."""

    title: str
    html: str
    learners: int | None


def own_requests(db: Db, enrolment: Enrolment, *, now: datetime) -> tuple[OwnRequest, ...]:
    """Return what the learner asked, the newest first, in one query."""
    since = now - timedelta(days=OWN_DAYS)
    this_learner = {"$match": {"enrolment_id": enrolment.id, "created_at": {"$gte": since}}}
    newest_first = {"$sort": {"created_at": DESCENDING}}
    with_problem = {
        "$lookup": {
            "from": problems.NAME,
            "localField": "problem_id",
            "foreignField": "_id",
            "as": "problem",
        }
    }
    found = db[help_requests.NAME].aggregate(
        [this_learner, newest_first, {"$limit": OWN_MOST}, with_problem]
    )
    return tuple(
        OwnRequest(
            request=request_from(each),
            problem=problem_from(each["problem"][0]) if each["problem"] else None,
        )
        for each in found
    )


def problems_to_answer(db: Db, cohort: Cohort, *, now: datetime) -> list[Problem]:
    """Return the problems that staff have to look at; those without an owner, then the oldest.

    Of more than 200, these are the first that somebody waits for, and the last asked.
    """
    waiting = _waiting(db, cohort)
    known = {problem.id for problem in waiting}
    asked = [each for each in _listed(db, cohort, TO_ANSWER, now) if each.id not in known]
    return sorted(
        (*waiting, *asked),
        key=lambda each: (each.owner is not None, each.figures.waiting_since or now),
    )


def answered_problems(db: Db, cohort: Cohort, *, now: datetime) -> list[Problem]:
    """Return the problems that have an answer, the last asked first."""
    return _listed(db, cohort, WITH_ANSWER, now)


def published(db: Db, cohort: Cohort, *, now: datetime) -> list[PublicProblem]:
    """Return the solved problems with their answers, the last asked first, as peers see them."""
    return [_public(each) for each in _listed(db, cohort, (ProblemState.SOLVED,), now)]


def similar_to(
    db: Db, cohort: Cohort, *, tried: str, error: str, now: datetime
) -> list[PublicProblem]:
    """Return up to three solved problems of the cohort that sound like what is being typed."""
    typed = _words_of(tried, error)
    if not typed:
        return []
    found = _listed(db, cohort, (ProblemState.SOLVED,), now)
    best = sorted(((_likeness(typed, each), each.id, each) for each in found), reverse=True)
    return [_public(each) for score, _id, each in best[:SUGGESTED] if score >= ALIKE]


def known_problems(db: Db, cohort: Cohort, lesson: Lesson) -> tuple[PublicProblem, ...]:
    """Return the three solved problems of the lesson that most had in the cohorts before."""
    found = problems.list_solved_before(
        db,
        lesson.key,
        since=cohort.starts_on - timedelta(days=EARLIER_DAYS),
        before=cohort.starts_on,
    )
    return tuple(_public(each) for each in found)


def requests_of(db: Db, problem: Problem) -> list[HelpRequest]:
    """Return the requests of a problem that count, the newest first."""
    return [each for each in help_requests.list_of_problem(db, problem.id) if each.counts]


def others_like(db: Db, cohort: Cohort, problem: Problem, *, now: datetime) -> list[Problem]:
    """Return the cohort's other problems, the most similar first."""
    words = f"{problem.shape} {problem.title}"
    found = _listed(db, cohort, (*TO_ANSWER, *WITH_ANSWER), now)
    others = [each for each in found if each.id != problem.id]
    return sorted(others, key=lambda each: (-_likeness(words, each), each.id))


def _listed(
    db: Db, cohort: Cohort, states: tuple[ProblemState, ...], now: datetime
) -> list[Problem]:
    since = now - timedelta(days=LIST_DAYS)
    return problems.list_in_states(db, cohort.id, states, since=since)


def _waiting(db: Db, cohort: Cohort) -> list[Problem]:
    """Return the first problems that somebody waits for: "open" before "taken", then the oldest."""
    found = db[problems.NAME].find(
        {
            "cohort_id": cohort.id,
            "figures.state": {"$in": [state.value for state in TO_ANSWER]},
            "figures.waiting_since": {"$ne": None},
        }
    )
    first = found.sort([("figures.state", ASCENDING), ("figures.waiting_since", ASCENDING)])
    return [problem_from(each) for each in first.limit(problems.LIMIT)]


def _public(problem: Problem) -> PublicProblem:
    learners = problem.figures.learners
    return PublicProblem(
        title=problem.title,
        html=problem.answer.html if problem.answer else "",
        learners=learners if learners >= LEAST_SHOWN else None,
    )


def _words_of(tried: str, error: str) -> str:
    fingerprint = fingerprint_of(error) or fingerprint_of(tried)
    return fingerprint.shape if fingerprint else ""


def _likeness(words: str, problem: Problem) -> float:
    """Return how much a problem sounds like these words, 0.0 to 100.0."""
    texts = (problem.shape, problem.title)
    return max(fuzz.token_set_ratio(words.casefold(), each.casefold()) for each in texts)
