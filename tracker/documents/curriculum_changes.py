"""Changes of curricula: each is announced before its first write, and keeps what was there before.

A change is known by its cohort and the `curriculum_version` that it starts from, so of two at once
only one is taken. It is open while the cohort still has that version; whoever comes next makes it
whole again from its `target`.
"""

from dataclasses import dataclass
from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from tracker.documents.schema import KEY, MOMENT, Db, Document, record, text, whole
from tracker.errors import Conflict, NotFound
from tracker.models import CohortId, PersonId

NAME = "curriculum_changes"
MOST = 20
FILE_MOST = 2**21
INDEXES = [
    # The history of a cohort's curriculum, the newest first.
    IndexModel(
        [("cohort_id", ASCENDING), ("number", DESCENDING)], name="changes_of_a_cohort", unique=True
    ),
]
SCHEMA = record(
    {
        "_id": KEY,
        "cohort_id": KEY,
        "number": whole(0),
        "what": text(60, least=1),
        "part": text(80),
        "by": KEY,
        "at": MOMENT,
    },
    {"former": text(FILE_MOST), "target": text(FILE_MOST)},
)


@dataclass(frozen=True)
class CurriculumChange:
    """A change: `what` was done to which `part`, "" for the whole; `number` is where it started.

    `is_first` says that there was nothing before it; `target` stands while it is open.
    """

    number: int
    what: str
    part: str
    by: PersonId
    at: datetime
    is_first: bool
    target: str | None = None


def change_from(document: Document) -> CurriculumChange:
    return CurriculumChange(
        number=document["number"],
        what=document["what"],
        part=document["part"],
        by=PersonId(document["by"]),
        at=document["at"],
        is_first=document["number"] == 0,
        target=document.get("target"),
    )


def announce(
    db: Db,
    cohort_id: CohortId,
    number: int,
    *,
    what: str,
    part: str,
    former: str | None,
    target: str,
    by: PersonId,
    at: datetime,
) -> None:
    """Take the cohort's curriculum at this version. Raises Conflict if another change did."""
    document = {
        "_id": _id(cohort_id, number),
        "cohort_id": cohort_id,
        "number": number,
        "what": what,
        "part": part,
        "target": target,
        "by": by,
        "at": at,
    }
    if former is not None:
        document["former"] = former
    try:
        db[NAME].insert_one(document)
    except DuplicateKeyError as error:
        raise Conflict from error


def find(db: Db, cohort_id: CohortId, number: int) -> CurriculumChange | None:
    document = db[NAME].find_one({"_id": _id(cohort_id, number)}, {"former": 0})
    return change_from(document) if document else None


def close(db: Db, cohort_id: CohortId, number: int) -> None:
    """Keep no target: the change is done."""
    db[NAME].update_one({"_id": _id(cohort_id, number)}, {"$unset": {"target": ""}})


def forget(db: Db, cohort_id: CohortId, number: int) -> None:
    """Take back an announcement whose first write never came."""
    db[NAME].delete_one({"_id": _id(cohort_id, number)})


def get_former(db: Db, cohort_id: CohortId, number: int) -> str:
    """Return the curriculum before the change. Raises NotFound where there was none."""
    document = db[NAME].find_one({"_id": _id(cohort_id, number)}, {"former": 1})
    if document is None or "former" not in document:
        raise NotFound("curriculum change", number)
    former: str = document["former"]
    return former


def list_latest(db: Db, cohort_id: CohortId) -> list[CurriculumChange]:
    """Return the last MOST changes, the newest first."""
    found = db[NAME].find({"cohort_id": cohort_id}, {"former": 0, "target": 0})
    return [change_from(each) for each in found.sort("number", DESCENDING).limit(MOST)]


def _id(cohort_id: CohortId, number: int) -> str:
    return f"{cohort_id}:{number}"
