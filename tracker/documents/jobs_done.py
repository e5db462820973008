"""Jobs of the machine that are done: each migration, once; the last check."""

from dataclasses import dataclass
from datetime import datetime

from tracker.documents.schema import KEY, MOMENT, Db, Document, record, whole

NAME = "jobs_done"
CHECK = "check"
INDEXES = ()
SCHEMA = record(
    {"_id": KEY, "at": MOMENT, "seconds": {"bsonType": "double", "minimum": 0}, "by": KEY},
    {"found": whole(0)},
)


@dataclass(frozen=True)
class JobDone:
    """`at`: when it ended; `seconds`: how long it took; `found`: what a check complained of."""

    name: str
    at: datetime
    seconds: float
    by: str
    found: int | None = None


def keep(db: Db, job: JobDone) -> None:
    """Say that the job is done, in place of what was said before."""
    values = {"at": job.at, "seconds": job.seconds, "by": job.by}
    values |= {} if job.found is None else {"found": job.found}
    db[NAME].update_one({"_id": job.name}, {"$set": values}, upsert=True)


def find_all(db: Db) -> dict[str, JobDone]:
    """Return every job that is done, by its name: some dozens."""
    return {document["_id"]: _job_from(document) for document in db[NAME].find()}


def names_among(db: Db, names: tuple[str, ...]) -> set[str]:
    """Return those of these jobs, some ASK_FOR at most, that are done."""
    found = db[NAME].find({"_id": {"$in": list(names)}}, {"_id": 1})
    return {document["_id"] for document in found}


def _job_from(document: Document) -> JobDone:
    return JobDone(
        name=document["_id"],
        at=document["at"],
        seconds=document["seconds"],
        by=document["by"],
        found=document.get("found"),
    )
