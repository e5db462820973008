"""Imports of people: what a file said, line by line, and what became of each line.

`state` goes from "draft" (only previewed) to "applying" and, when everybody has their place, to
"applied"; an undo goes through "undoing" to "undone". "applying" and "undoing" can be done again.
"""

from dataclasses import asdict
from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel

from tracker.documents.schema import KEY, MOMENT, Db, Document, many, maybe, record, text, whole
from tracker.models import Before, CohortId, ImportId, ImportRow, PeopleImport, PersonId

NAME = "people_imports"
STATES = ("draft", "applying", "applied", "undoing", "undone")
MOST = 2_000
INDEXES = [
    # The imports of a cohort, the newest first; serves the page that makes them.
    IndexModel([("cohort_id", 1), ("created_at", DESCENDING)], name="imports_of_a_cohort"),
    # What was begun and not finished, for checks.
    IndexModel([("state", ASCENDING)], name="imports_by_state"),
]
ROW = record(
    {
        "line": whole(1),
        "name": text(100, least=1),
        "email": text(254, least=3),
        "role": maybe(KEY),
        "coach": maybe(text(254)),
        "status": maybe(KEY),
        "gives": maybe(KEY),
        "action": {"enum": ["new", "join", "back", "change", "same"]},
        "before": maybe({"bsonType": "object"}),
    }
)
SCHEMA = record(
    {
        "_id": KEY,
        "cohort_id": KEY,
        "file_name": text(300),
        "state": {"enum": list(STATES)},
        "created_at": MOMENT,
        "created_by": KEY,
        "rows": many(ROW, most=MOST),
        "kept": many(whole(1), most=MOST),
        "links_at": maybe(MOMENT),
    },
    {"confirmed_by": maybe(KEY), "undone_by": maybe(KEY)},
)


def import_from(document: Document) -> PeopleImport:
    return PeopleImport(
        id=ImportId(document["_id"]),
        cohort_id=CohortId(document["cohort_id"]),
        file_name=document["file_name"],
        state=document["state"],
        created_at=document["created_at"],
        created_by=PersonId(document["created_by"]),
        rows=tuple(_row_from(row) for row in document.get("rows", ())),
        kept=tuple(document["kept"]),
        links_at=document["links_at"],
        confirmed_by=document.get("confirmed_by"),
        undone_by=document.get("undone_by"),
    )


def add(db: Db, new: PeopleImport) -> None:
    document = asdict(new)
    document["_id"] = document.pop("id")
    db[NAME].insert_one({**document, "kept": [], "rows": [asdict(row) for row in new.rows]})


def find(db: Db, import_id: ImportId) -> PeopleImport | None:
    document = db[NAME].find_one({"_id": import_id})
    return import_from(document) if document else None


def list_for_cohort(db: Db, cohort_id: CohortId) -> list[PeopleImport]:
    """Return the last 20 imports of a cohort without their rows, the newest first."""
    found = db[NAME].find({"cohort_id": cohort_id}, {"rows": 0})
    return [import_from(document) for document in found.sort("created_at", DESCENDING).limit(20)]


def list_unfinished(db: Db) -> list[PeopleImport]:
    """Return what was begun and not finished, without the rows (for checks)."""
    found = db[NAME].find({"state": {"$in": ["applying", "undoing"]}}, {"rows": 0})
    return [import_from(document) for document in found]


def begin(db: Db, import_id: ImportId, rows: tuple[ImportRow, ...], *, by: PersonId) -> bool:
    """Fix what a draft shall do and who says so, and begin it; False if it is no draft any more."""
    change = {"state": "applying", "rows": [asdict(row) for row in rows], "confirmed_by": by}
    done = db[NAME].update_one({"_id": import_id, "state": "draft"}, {"$set": change})
    return done.modified_count == 1


def begin_undo(db: Db, import_id: ImportId, *, by: PersonId) -> None:
    """Begin to undo what is applied; what is in another state stays in it."""
    change = {"state": "undoing", "undone_by": by}
    db[NAME].update_one({"_id": import_id, "state": "applied"}, {"$set": change})


def set_state(db: Db, import_id: ImportId, state: str, *, was: str) -> bool:
    """Go from one state to the next; tell if this call did."""
    done = db[NAME].update_one({"_id": import_id, "state": was}, {"$set": {"state": state}})
    return done.modified_count == 1


def set_kept(db: Db, import_id: ImportId, lines: list[int]) -> None:
    db[NAME].update_one({"_id": import_id}, {"$set": {"kept": lines}})


def take_links(db: Db, import_id: ImportId, *, at: datetime) -> bool:
    """Note that the links were given out; False if they had been already."""
    done = db[NAME].update_one(
        {"_id": import_id, "state": "applied", "links_at": None}, {"$set": {"links_at": at}}
    )
    return done.modified_count == 1


def remove_draft(db: Db, import_id: ImportId) -> bool:
    """Forget a draft: it has changed nothing."""
    return db[NAME].delete_one({"_id": import_id, "state": "draft"}).deleted_count == 1


def _row_from(row: Document) -> ImportRow:
    before = Before(**row["before"]) if row["before"] else None
    return ImportRow(**{**row, "before": before})
