"""Problems: equal errors of a cohort, one answer for all of them.

`figures` are derived from the problem's requests and set over the `seq` that was read before they
were counted. What else changes a problem (an owner, an answer, a merge, a split) raises `seq` and
sets `owed_to`: its figures, and the requests that are to move, are owed (see
use_cases/settling_help.py).
"""

from contextlib import suppress
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne
from pymongo.errors import DuplicateKeyError

from tracker.documents.schema import (
    ASK_FOR,
    DAY,
    KEY,
    MOMENT,
    Db,
    Document,
    create_or_change,
    day_from,
    many,
    maybe,
    new_id,
    record,
    text,
    whole,
    word,
)
from tracker.errors import NotFound
from tracker.models import (
    Answer,
    CohortId,
    Figures,
    HelpRequestId,
    Owner,
    Problem,
    ProblemId,
    ProblemState,
)

NAME = "problems"
LIMIT = 200
TITLE_MOST = 200
TO_ANSWER = (ProblemState.OPEN, ProblemState.TAKEN)
WITH_ANSWER = (ProblemState.ANSWERED, ProblemState.SOLVED)
INDEXES = [
    # Equal errors of a cohort are one problem; serves every request with an error text.
    IndexModel(
        [("cohort_id", ASCENDING), ("fingerprint", ASCENDING)],
        name="one_problem_per_fingerprint",
        unique=True,
    ),
    # The problems of a cohort in a state, since a moment.
    IndexModel(
        [("cohort_id", ASCENDING), ("figures.state", ASCENDING), ("figures.last_at", DESCENDING)],
        name="problems_of_a_cohort",
    ),
    # The problems of a cohort in a state that somebody waits for, the longest wait first.
    IndexModel(
        [(name, ASCENDING) for name in ("cohort_id", "figures.state", "figures.waiting_since")],
        name="problems_that_wait",
    ),
    # What was solved on a lesson in the cohorts before.
    IndexModel(
        [(name, ASCENDING) for name in ("figures.lesson_keys", "figures.state")]
        + [("cohort_starts_on", DESCENDING)],
        name="problems_of_a_lesson",
    ),
    # What is still owed to a cohort's problems; nearly always empty.
    IndexModel([("owed_to", ASCENDING)], name="problems_owed_to_a_cohort"),
]
FIGURES = record(
    {
        "state": word(ProblemState),
        "learners": whole(0),
        "waiting": whole(0),
        "solved": whole(0),
        "still": whole(0),
        "first_at": maybe(MOMENT),
        "last_at": maybe(MOMENT),
        "waiting_since": maybe(MOMENT),
        "lesson_keys": many(text(80), most=1000),
    }
)
OWNER = record({"id": KEY, "name": text(100)})
ANSWER = record(
    {
        "text": text(20_000, least=1),
        "html": text(2**20),
        "number": whole(1),
        "at": MOMENT,
        "by": text(100),
    }
)
SCHEMA = record(
    {
        "_id": KEY,
        "cohort_id": KEY,
        "cohort_starts_on": DAY,
        "fingerprint": text(80, least=1),
        "shape": text(300),
        "title": text(300),
        "figures": FIGURES,
        "seq": whole(0),
        "counts": whole(0),
        "owner": maybe(OWNER),
        "answer": maybe(ANSWER),
        "merged_into": maybe(KEY),
        "split_from": maybe(KEY),
        "moving": many(KEY, most=ASK_FOR),
    },
    {"owed_to": KEY},
)


def problem_from(document: Document) -> Problem:
    figures, answer, owner = document["figures"], document["answer"], document["owner"]
    words = {
        "state": ProblemState(figures["state"]),
        "lesson_keys": tuple(figures["lesson_keys"]),
    }
    return Problem(
        id=ProblemId(document["_id"]),
        cohort_id=CohortId(document["cohort_id"]),
        cohort_starts_on=day_from(document["cohort_starts_on"]),
        fingerprint=document["fingerprint"],
        shape=document["shape"],
        title=document["title"],
        figures=Figures(**{**figures, **words}),
        seq=document["seq"],
        counts=document["counts"],
        owner=Owner(**owner) if owner else None,
        answer=Answer(**answer) if answer else None,
        merged_into=document["merged_into"],
        split_from=document["split_from"],
        moving=tuple(document["moving"]),
        owed="owed_to" in document,
    )


def find_or_add(
    db: Db, cohort_id: CohortId, *, starts_on: date, fingerprint: str, shape: str, title: str
) -> Problem:
    """Return the cohort's problem with this fingerprint; add it if there is none."""
    first = _first(starts_on, shape=shape, title=title)
    key = {"cohort_id": cohort_id, "fingerprint": fingerprint}
    return problem_from(create_or_change(db, NAME, key, {"$setOnInsert": first}))


def add_split(db: Db, source: Problem, *, title: str, moving: list[HelpRequestId]) -> ProblemId:
    """Add a problem to which these requests still have to move, and return it."""
    problem_id = ProblemId(new_id())
    document = {
        **_first(source.cohort_starts_on, shape=source.shape, title=title),
        "_id": problem_id,
        "cohort_id": source.cohort_id,
        "fingerprint": f"own:{problem_id}",
        "split_from": source.id,
        "moving": moving,
        "owed_to": source.cohort_id,
    }
    db[NAME].insert_one(document)
    return problem_id


def get(db: Db, problem_id: ProblemId) -> Problem:
    document = db[NAME].find_one({"_id": problem_id})
    if document is None:
        raise NotFound("problem", problem_id)
    return problem_from(document)


def list_by_id(db: Db, ids: list[ProblemId]) -> list[Problem]:
    """Return these problems, in no order."""
    return [problem_from(each) for each in db[NAME].find({"_id": {"$in": ids}})]


def list_in_states(
    db: Db, cohort_id: CohortId, states: tuple[ProblemState, ...], *, since: datetime
) -> list[Problem]:
    """Return the last LIMIT problems in these states that somebody has, asked since then."""
    in_states = {"$in": [state.value for state in states]}
    key = {"cohort_id": cohort_id, "figures.state": in_states, "figures.last_at": {"$gte": since}}
    found = db[NAME].find(key)
    return [problem_from(each) for each in found.sort("figures.last_at", DESCENDING).limit(LIMIT)]


def list_solved_before(db: Db, lesson_key: str, *, since: date, before: date) -> list[Problem]:
    """Return what was solved on the lesson of this key in cohorts that began between the days."""
    key = {
        "figures.lesson_keys": lesson_key,
        "figures.state": ProblemState.SOLVED.value,
        "cohort_starts_on": {"$gte": since.isoformat(), "$lt": before.isoformat()},
    }
    found = db[NAME].find(key).sort("figures.learners", DESCENDING).limit(3)
    return [problem_from(each) for each in found]


def list_for_cohort(db: Db, cohort_id: CohortId) -> list[Problem]:
    """Return every problem of the cohort (for checks)."""
    return [problem_from(each) for each in db[NAME].find({"cohort_id": cohort_id})]


def list_owed(db: Db, cohort_id: CohortId) -> list[ProblemId]:
    found = db[NAME].find({"owed_to": cohort_id}, {"_id": 1})
    return [ProblemId(document["_id"]) for document in found]


def take(db: Db, problem: Problem, owner: Owner) -> bool:
    """Give the problem to its first owner; False if it has one by now."""
    return _change(db, {"_id": problem.id, "owner": None}, {"owner": asdict(owner)}, problem)


def release(db: Db, problem: Problem, owner: Owner) -> bool:
    """Take the problem from this owner; False if it is no longer theirs."""
    return _change(db, {"_id": problem.id, "owner.id": owner.id}, {"owner": None}, problem)


def set_answer(db: Db, problem: Problem, answer: Answer, *, title: str) -> bool:
    """Set the answer over the version that was read; False if there is another by now."""
    last = problem.answer.number if problem.answer else None
    key = {"_id": problem.id, "answer.number": last}
    return _change(db, key, {"answer": asdict(answer), "title": title}, problem)


def merge(db: Db, problem: Problem, into: Problem) -> bool:
    """Say that the problem is part of an older one; False if it is part of one already."""
    return _change(db, {"_id": problem.id}, {"merged_into": into.id}, problem)


def inherit(db: Db, problem_id: ProblemId, merged: Problem) -> None:
    """Hand on the owner and the answer of a merged problem, where the older one has none."""
    for name, value in (("owner", merged.owner), ("answer", merged.answer)):
        if value is not None:
            change = {"$set": {name: asdict(value)}, "$inc": {"seq": 1}}
            db[NAME].update_one({"_id": problem_id, name: None}, change)


def set_figures(db: Db, problem: Problem, figures: Figures) -> Problem | None:
    """Set the figures if `seq` is still the one read before counting; return the problem then."""
    if not set_all_figures(db, [(problem, figures)]):
        return None
    return replace(problem, figures=figures, seq=problem.seq + 1, counts=problem.counts + 1)


def set_all_figures(db: Db, counted: list[tuple[Problem, Figures]]) -> bool:
    """Set the figures of some problems likewise; False if one of them has another `seq` by now."""
    changes = []
    for problem, figures in counted:
        change = {"$set": {"figures": _document_of(figures)}, "$inc": {"seq": 1, "counts": 1}}
        changes.append(UpdateOne({"_id": problem.id, "seq": problem.seq}, change))
    return db[NAME].bulk_write(changes, ordered=False).matched_count == len(counted)


def set_fingerprint(db: Db, cohort_id: CohortId, old: str, new: str, *, shape: str) -> None:
    """Give the problem of the old fingerprint the new one, unless another problem has that."""
    key = {"cohort_id": cohort_id, "fingerprint": old}
    with suppress(DuplicateKeyError):
        db[NAME].update_one(key, {"$set": {"fingerprint": new, "shape": shape}})


def clear_owed(db: Db, problem: Problem) -> bool:
    """Say that nothing is owed; False if the problem changed since its figures were set."""
    paid = {"$unset": {"owed_to": ""}, "$set": {"moving": []}}
    key = {"_id": problem.id, "seq": problem.seq}
    return db[NAME].update_one(key, paid).matched_count == 1


def _change(db: Db, key: Document, values: dict[str, Any], problem: Problem) -> bool:
    """Change what is not merged; its figures are owed from then on."""
    change = {"$set": {**values, "owed_to": problem.cohort_id}, "$inc": {"seq": 1}}
    return db[NAME].update_one({**key, "merged_into": None}, change).matched_count == 1


def _document_of(figures: Figures) -> Document:
    words = {"state": figures.state.value, "lesson_keys": list(figures.lesson_keys)}
    return asdict(figures) | words


def _first(starts_on: date, *, shape: str, title: str) -> Document:
    return {
        "_id": new_id(),
        "cohort_starts_on": starts_on.isoformat(),
        "shape": shape,
        "title": title,
        "figures": _document_of(Figures()),
        "seq": 0,
        "counts": 0,
        "owner": None,
        "answer": None,
        "merged_into": None,
        "split_from": None,
        "moving": [],
    }
