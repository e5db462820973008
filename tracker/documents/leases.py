"""Leases: who does a job of which there may be only one at a time, and until when.

A lease saves work; it guards no truth. Its end is a moment by its owner's clock: whose clock is
ahead by more than a lease's length takes it from an owner who still works. So what is done under
one must bear being done twice, as every debt does. A killed owner's lease ends by itself.
"""

from contextlib import suppress
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from tracker.documents.schema import KEY, MOMENT, Db, record

NAME = "leases"
INDEXES = ()
SCHEMA = record({"_id": KEY, "owner": KEY, "until": MOMENT})


def take(db: Db, name: str, owner: str, *, now: datetime, until: datetime) -> bool:
    """Take the lease if it is free or over, or renew one's own; tell whether it is the owner's.

    The one conditional update meets no document while another holds the lease: it then tries to
    insert one, and is told of a duplicate.
    """
    free = {"_id": name, "$or": [{"owner": owner}, {"until": {"$lte": now}}]}
    with suppress(DuplicateKeyError):
        db[NAME].update_one(free, {"$set": {"owner": owner, "until": until}}, upsert=True)
        return True
    return False


def free(db: Db, name: str, owner: str) -> None:
    """Give the lease back; one that is another's by now stays."""
    db[NAME].delete_one({"_id": name, "owner": owner})


def find_owner(db: Db, name: str) -> str | None:
    """Return who took the lease last, if it was not given back."""
    document = db[NAME].find_one({"_id": name})
    return document["owner"] if document else None
