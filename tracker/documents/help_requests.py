"""Requests for help: what a learner is stuck on, and what they say of the answer.

A new request and a verdict leave `owed_to`: the problem that the request joins is to be found,
and its figures are to be set.
"""

from collections import defaultdict

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne
from pymongo.errors import DuplicateKeyError

from tracker.documents.schema import (
    FLAG,
    KEY,
    MOMENT,
    Db,
    Document,
    batches,
    maybe,
    record,
    text,
    whole,
    word,
)
from tracker.errors import NotFound
from tracker.models import (
    CohortId,
    EnrolmentId,
    HelpRequest,
    HelpRequestId,
    LessonId,
    ProblemId,
    Verdict,
)

NAME = "help_requests"
LIMIT = 200
TEXTS = {"tried": 0, "error": 0}
INDEXES = [
    # What a learner asked, since a moment; serves their help page and Today.
    IndexModel(
        [("enrolment_id", ASCENDING), ("created_at", DESCENDING)], name="requests_of_a_learner"
    ),
    # The requests that have joined a problem.
    IndexModel(
        [("problem_id", ASCENDING), ("created_at", DESCENDING)], name="requests_of_a_problem"
    ),
    # Every request of a cohort, for checks.
    IndexModel([("cohort_id", ASCENDING)], name="requests_of_a_cohort"),
    # What is still owed to a cohort's problems; nearly always empty.
    IndexModel([("owed_to", ASCENDING)], name="requests_owed_to_a_cohort"),
]
SCHEMA = record(
    {
        "_id": KEY,
        "cohort_id": KEY,
        "enrolment_id": KEY,
        "name": text(100),
        "lesson_id": maybe(KEY),
        "lesson_key": text(80),
        "tried": text(5_000),
        "error": text(20_000),
        "fingerprint": text(80, least=1),
        "shape": text(300),
        "title": text(300),
        "created_at": MOMENT,
        "problem_id": maybe(KEY),
        "verdict": maybe(word(Verdict)),
        "verdict_on": whole(0),
        "counts": FLAG,
        "revision": whole(1),
    },
    {"owed_to": KEY},
)


def request_from(document: Document) -> HelpRequest:
    return HelpRequest(
        id=HelpRequestId(document["_id"]),
        cohort_id=CohortId(document["cohort_id"]),
        enrolment_id=EnrolmentId(document["enrolment_id"]),
        name=document["name"],
        lesson_id=LessonId(document["lesson_id"]) if document["lesson_id"] else None,
        lesson_key=document["lesson_key"],
        tried=document.get("tried", ""),
        error=document.get("error", ""),
        fingerprint=document["fingerprint"],
        shape=document["shape"],
        title=document["title"],
        created_at=document["created_at"],
        problem_id=document["problem_id"],
        verdict=Verdict(document["verdict"]) if document["verdict"] else None,
        verdict_on=document["verdict_on"],
        counts=document["counts"],
        revision=document["revision"],
    )


def add(db: Db, request: HelpRequest) -> HelpRequest:
    """Add the request, or return the learner's that has its id already; it may say something else.

    Raises NotFound if the id is another learner's.
    """
    document = {
        "_id": request.id,
        "cohort_id": request.cohort_id,
        "enrolment_id": request.enrolment_id,
        "name": request.name,
        "lesson_id": request.lesson_id,
        "lesson_key": request.lesson_key,
        "tried": request.tried,
        "error": request.error,
        "fingerprint": request.fingerprint,
        "shape": request.shape,
        "title": request.title,
        "created_at": request.created_at,
        "problem_id": None,
        "verdict": None,
        "verdict_on": 0,
        "counts": True,
        "revision": 1,
        "owed_to": request.cohort_id,
    }
    try:
        db[NAME].insert_one(document)
    except DuplicateKeyError:
        return get_own(db, request.id, request.enrolment_id)
    return request


def get(db: Db, request_id: HelpRequestId) -> HelpRequest:
    document = db[NAME].find_one({"_id": request_id})
    if document is None:
        raise NotFound("help request", request_id)
    return request_from(document)


def get_own(db: Db, request_id: HelpRequestId, enrolment_id: EnrolmentId) -> HelpRequest:
    """Return the learner's request. Raises NotFound for another's."""
    request = get(db, request_id)
    if request.enrolment_id != enrolment_id:
        raise NotFound("help request", request_id)
    return request


def list_of_problem(db: Db, problem_id: ProblemId) -> list[HelpRequest]:
    """Return the last LIMIT requests of a problem, the newest first."""
    found = db[NAME].find({"problem_id": problem_id}).sort("created_at", DESCENDING).limit(LIMIT)
    return [request_from(document) for document in found]


def list_by_id(db: Db, ids: list[HelpRequestId]) -> list[HelpRequest]:
    """Return these requests, some ASK_FOR at most, in no order."""
    return [request_from(document) for document in db[NAME].find({"_id": {"$in": ids}})]


def list_short_of_problem(db: Db, problem_id: ProblemId) -> list[HelpRequest]:
    """Return every request of a problem without its texts, to count them."""
    return [request_from(each) for each in db[NAME].find({"problem_id": problem_id}, TEXTS)]


def list_short_for_cohort(db: Db, cohort_id: CohortId) -> list[HelpRequest]:
    """Return every request of the cohort without its texts (for checks)."""
    return [request_from(each) for each in db[NAME].find({"cohort_id": cohort_id}, TEXTS)]


def list_owed(db: Db, cohort_id: CohortId) -> list[HelpRequest]:
    return [request_from(each) for each in db[NAME].find({"owed_to": cohort_id}, TEXTS)]


def list_short_of_problems(db: Db, ids: list[ProblemId]) -> list[HelpRequest]:
    """Return every request of some problems without its texts, to count them."""
    return [request_from(each) for each in db[NAME].find({"problem_id": {"$in": ids}}, TEXTS)]


def problems_of(db: Db, ids: list[EnrolmentId]) -> set[ProblemId]:
    """Return the problems that requests of these learners have joined."""
    return {
        ProblemId(document["problem_id"])
        for batch in batches(ids)
        for document in db[NAME].find({"enrolment_id": {"$in": batch}}, {"problem_id": 1})
        if document["problem_id"]
    }


def join(db: Db, request: HelpRequest, problem_id: ProblemId) -> None:
    """Let the request join the problem, unless it was moved since it was read."""
    db[NAME].update_one(
        {"_id": request.id, "problem_id": request.problem_id},
        {"$set": {"problem_id": problem_id, "verdict_on": 0}},
    )


def move(
    db: Db, source: ProblemId, target: ProblemId, *, only: tuple[HelpRequestId, ...] = ()
) -> None:
    """Move the requests of a problem (or some of them) to another, whose answer nobody judged."""
    key: Document = {"problem_id": source}
    if only:
        key["_id"] = {"$in": list(only)}
    db[NAME].update_many(
        key, {"$set": {"problem_id": target, "verdict_on": 0}, "$inc": {"revision": 1}}
    )


def judge(db: Db, request: HelpRequest, verdict: Verdict, *, on: int) -> bool:
    """Keep what the learner says of version `on` of the answer; the problem's figures are owed.

    False if the request was moved since it was read.
    """
    judged = db[NAME].update_one(
        {"_id": request.id, "problem_id": request.problem_id},
        {
            "$set": {
                "verdict": verdict.value,
                "verdict_on": on,
                "owed_to": request.cohort_id,
            },
            "$inc": {"revision": 1},
        },
    )
    return judged.matched_count == 1


def set_counts(db: Db, ids: list[EnrolmentId], *, counts: bool) -> None:
    """Say whether these learners count; their places owe the figures of their problems."""
    for batch in batches(ids):
        db[NAME].update_many(
            {"enrolment_id": {"$in": batch}, "counts": not counts},
            {"$set": {"counts": counts}, "$inc": {"revision": 1}},
        )


def clear_owed(db: Db, request: HelpRequest) -> bool:
    """Say that the problem is told of this revision; False if a newer one came in between."""
    paid = db[NAME].update_one(
        {"_id": request.id, "revision": request.revision}, {"$unset": {"owed_to": ""}}
    )
    return paid.matched_count == 1


def clear_owed_of(db: Db, problem_id: ProblemId, requests: list[HelpRequest]) -> None:
    """Say that the problem is told of these; one that changed or moved in between still owes."""
    alike: dict[int, list[HelpRequestId]] = defaultdict(list)
    for request in requests:
        alike[request.revision].append(request.id)
    for revision, ids in alike.items():
        for batch in batches(ids):
            key = {"_id": {"$in": batch}, "problem_id": problem_id, "revision": revision}
            db[NAME].update_many(key, {"$unset": {"owed_to": ""}})


def set_fingerprints(db: Db, changed: dict[HelpRequestId, tuple[str, str]]) -> None:
    """Set what today's rules make of these requests' errors: fingerprint and shape."""
    updates = [
        UpdateOne({"_id": request_id}, {"$set": {"fingerprint": key, "shape": shape}})
        for request_id, (key, shape) in changed.items()
    ]
    db[NAME].bulk_write(updates, ordered=False)
