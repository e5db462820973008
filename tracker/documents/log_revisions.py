"""Former entries of lesson logs, kept for ever; written once, never changed."""

from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel

from tracker.documents.log_entry import document_of, entry_from
from tracker.documents.schema import (
    KEY,
    MOMENT,
    Db,
    batches,
    insert_new,
    missing_ids,
    record,
    whole,
)
from tracker.models import FormerEntry, LessonLog, LogId

NAME = "log_revisions"
LIMIT = 100
INDEXES = [
    # The history of one log, oldest first.
    IndexModel([("log_id", ASCENDING), ("revision", ASCENDING)], name="history_of_a_log"),
]
SCHEMA = record(
    {
        "_id": KEY,
        "log_id": KEY,
        "revision": whole(1),
        "entry": {"bsonType": "object"},
        "replaced_at": MOMENT,
    }
)


def keep(db: Db, logs: list[LessonLog]) -> None:
    """Keep the former entry of each of these logs; doing it again changes nothing."""
    insert_new(
        db,
        NAME,
        [
            {
                "_id": f"{log.id}:{log.revision - 1}",
                "log_id": log.id,
                "revision": log.revision - 1,
                "entry": document_of(log.previous),
                "replaced_at": log.updated_at,
            }
            for log in logs
            if log.previous is not None and log.revision > 1
        ],
    )


def list_for(db: Db, log_id: LogId) -> list[FormerEntry]:
    """Return the last LIMIT former entries of a log, the newest first."""
    found = db[NAME].find({"log_id": log_id}).sort("revision", DESCENDING).limit(LIMIT)
    return [
        FormerEntry(one["revision"], entry_from(one["entry"]), one["replaced_at"]) for one in found
    ]


def missing(db: Db, wanted: list[tuple[LogId, int]]) -> list[tuple[LogId, int]]:
    """Return those of the wanted logs' revisions that are not kept."""
    ids = [f"{log_id}:{revision}" for log_id, revision in wanted]
    lost = set(missing_ids(db, NAME, ids))
    return [pair for pair, key in zip(wanted, ids, strict=True) if key in lost]


def count_for(db: Db, log_id: LogId) -> int:
    return db[NAME].count_documents({"log_id": log_id})


def list_since(db: Db, since: datetime) -> list[tuple[str, LogId, int]]:
    """Return id, log and number of each entry that was replaced since then (for restores)."""
    found = db[NAME].find({"replaced_at": {"$gte": since}}, {"log_id": 1, "revision": 1})
    return [(each["_id"], LogId(each["log_id"]), each["revision"]) for each in found]


def remove(db: Db, ids: list[str]) -> None:
    """Forget these entries (for restores: their saves are not in the copy)."""
    for batch in batches(ids):
        db[NAME].delete_many({"_id": {"$in": batch}})
