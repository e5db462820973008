"""Reads every collection as raw BSON while others write, and writes it into an empty database.

No snapshot is needed: ORDER makes a copy that `use_cases/restoring.py` can bring to what is whole.
Where the database offers a snapshot, it is used.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo.client_session import ClientSession
from pymongo.errors import BulkWriteError, ConnectionFailure, OperationFailure

from tracker.documents.schema import DUPLICATE, Db, Document, insert_new, missing_ids, patiently
from tracker.errors import Conflict, Invalid

CHANGES = "curriculum_changes"
OPEN: Document = {"target": {"$exists": True}}
CURRICULUM = ("steps", "lessons", "projects", "cohorts")
JOBS = "jobs_done"
ORDER = (
    # A migration that is made during the copy is made again.
    JOBS,
    # What is derived comes first too, and so is never ahead of its records; it is built again.
    *("marks", "journals"),
    # Then what refers before what is referred to: that exists by then, for nothing is deleted.
    *("comments", "staff_notes", "help_queue", "retrospectives", "project_notes", "attention"),
    *("invites", "lesson_logs"),
    # A log's history is written before its debt is cleared, so it is read after the log.
    *("log_revisions", "activity", "help_requests", "problems"),
    *("posts", "enrolments", "people_imports"),
    *CURRICULUM,
    CHANGES,
    "people",
)
ENDS = {
    "posts": {"filed": "filing", "undone": "undoing"},
    "people_imports": {"applied": "applying", "undone": "undoing"},
}
"""The states in which nothing is left to do, and those from which that is done again."""
ATTEMPTS = 20
BATCH = 1_000  # documents
MARKER = "unfinished_restore"
RAW: CodecOptions[RawBSONDocument] = CodecOptions(RawBSONDocument)
Part = tuple[str, bytes]
Session = ClientSession | None


class NoSnapshot(Exception):
    """The database has no snapshot, or none any more: read it without."""


def read_all(db: Db, *, snapshot: bool) -> Iterator[Part]:
    """Yield each collection's documents in the order of ORDER, some 1,000 at once.

    With `snapshot` they are all of one moment; raises NoSnapshot if that cannot be had.
    """
    with db.client.start_session(snapshot=True) if snapshot else nullcontext() as session:
        try:
            yield from _read_in_order(db, session)
        except OperationFailure as error:
            if session is None:
                raise
            raise NoSnapshot from error


def _read_in_order(db: Db, session: Session) -> Iterator[Part]:
    ended = {name: _ended(db, name, session) for name in ENDS}
    for name in ORDER:
        if name == CURRICULUM[0]:
            yield from _read_curricula(db, session)
        elif name not in (*CURRICULUM, CHANGES):
            yield name, b""
            for documents in _raw(db, name, session):
                again = _begun_again(name, documents, ended[name]) if name in ended else documents
                yield name, again


def _raw(db: Db, name: str, session: Session, which: Document | None = None) -> Iterator[bytes]:
    yield from db[name].find_raw_batches(which or {}, batch_size=BATCH, session=session)


def _ended(db: Db, name: str, session: Session) -> dict[str, str]:
    found = db[name].find({"state": {"$in": list(ENDS[name])}}, {"state": 1}, session=session)
    return {each["_id"]: each["state"] for each in found}


def _begun_again(name: str, documents: bytes, ended: dict[str, str]) -> bytes:
    """Let what came to its end since the copy began be done again, over what the copy has."""
    made = []
    for raw in bson.decode_iter(documents, RAW):
        state = raw["state"]
        if state in ENDS[name] and ended.get(raw["_id"]) != state:
            made.append(bson.encode({**raw, "state": ENDS[name][state]}))
        else:
            made.append(bytes(raw.raw))
    return b"".join(made)


def _read_curricula(db: Db, session: Session) -> Iterator[Part]:
    """Yield the curricula once they were read with no change announced or ended in between.

    They are small, and changed by hand. A change that is open all the while is finished from the
    copy; of the history, only what these curricula know of is taken.
    """
    for _ in range(ATTEMPTS):
        before = _announced(db, session)
        parts = [
            (name, documents)
            for name in CURRICULUM
            for documents in (b"", *_raw(db, name, session))
        ]
        opened = b"".join(_raw(db, CHANGES, session, OPEN))
        if _announced(db, session) == before:
            break
    else:
        raise Conflict
    yield from parts
    yield CHANGES, opened
    versions, begun = before
    for documents in _raw(db, CHANGES, session):
        yield (
            CHANGES,
            b"".join(
                bytes(each.raw)
                for each in bson.decode_iter(documents, RAW)
                if each["number"] < versions.get(each["cohort_id"], (0,))[0]
                and each["_id"] not in begun
            ),
        )


def _announced(db: Db, session: Session) -> tuple[dict[str, tuple[int, bool]], set[str]]:
    """Return each cohort's version of its curriculum, and which changes are open."""
    fields = {"curriculum_version": 1, "curriculum_pending": 1}
    versions = {
        each["_id"]: (each["curriculum_version"], "curriculum_pending" in each)
        for each in db["cohorts"].find({}, fields, session=session)
    }
    begun = db[CHANGES].find(OPEN, {"_id": 1}, session=session)
    return versions, {each["_id"] for each in begun}


def begin_restore(db: Db, backup_id: str) -> None:
    """Take an empty database for this backup, or go on with it. Raises Invalid for any other."""
    begun = db[MARKER].find_one({})
    records = [name for name in ORDER if name != JOBS]
    if begun is None and any(db[name].find_one({}, {"_id": 1}) for name in records):
        raise Invalid([f"the database {db.name} is not empty; name another with --into"])
    if begun is not None and begun["_id"] != backup_id:
        raise Invalid([f"the restore of another backup into {db.name} was cut off; drop {db.name}"])
    if begun is None:
        db[MARKER].insert_one({"_id": backup_id})
        db[JOBS].delete_many({})  # what was done to no documents is to be done to these


def end_restore(db: Db) -> None:
    """Say that the database is whole."""
    db[MARKER].delete_many({})


def write(db: Db, name: str, documents: bytes) -> int:
    """Insert those documents that are not there; return how many a unique index refused.

    Of two that have the same unique value in the copy, the second took it from the first while
    the copy was made.
    """
    raw: list[Any] = list(bson.decode_iter(documents, RAW))
    if raw and db[name].find_one({"_id": raw[0]["_id"]}, {"_id": 1}):
        missing = set(missing_ids(db, name, [each["_id"] for each in raw]))
        raw = [each for each in raw if each["_id"] in missing]  # a refusal costs more than a look
    try:
        with patiently():
            new = insert_new(db, name, raw)
    except BulkWriteError as error:
        refused = error.details["writeErrors"]
        at = next((each["index"] for each in refused if each["code"] != DUPLICATE), None)
        which = name if at is None else f"{name} {raw[at]['_id']}"
        said = "does not fit this version; restore it with the one that made the backup"
        raise Invalid([f"{which} {said}"]) from error
    if len(new) == len(raw):
        return 0
    added = {each["_id"] for each in new}
    return len(missing_ids(db, name, [each["_id"] for each in raw if each["_id"] not in added]))


@contextmanager
def told(db: Db) -> Iterator[None]:
    """Turn a database that is away, or refuses, into Invalid with one line."""
    try:
        yield
    except ConnectionFailure as error:
        raise Invalid([f"the database {db.name} does not answer"]) from error
    except OperationFailure as error:
        reason = (error.details or {}).get("codeName", f"error {error.code}")
        raise Invalid([f"the database {db.name} refuses: {reason}"]) from error


def owe_statuses(db: Db, cohort_id: str, since: datetime) -> None:
    """Let each place with a status that was set since then owe its row and requests anew."""
    which = {"cohort_id": cohort_id, "status_history.at": {"$gte": since}}
    db["enrolments"].update_many(which, {"$set": {"owed_to": cohort_id, "requests_owed": True}})
