"""What steps, lessons and projects have in common: known by a key, archived, never deleted.

`changed_in` is the cohort's `curriculum_version` at which a part was last written: so a slow
writer never puts an older change over a newer one.
"""

from pymongo.errors import DuplicateKeyError

from tracker.documents.schema import Db, Document, batches, new_id
from tracker.models import CohortId


def put_part(
    db: Db,
    name: str,
    cohort_id: CohortId,
    key: str,
    values: Document,
    *,
    version: int,
    first: Document | None = None,
) -> bool:
    """Create the part with this key, or set these values; it is no longer archived.

    `first` counts only when it is created. Where a newer change wrote the part, nothing happens.
    False if something else that is unique, such as a slug, is taken.
    """
    try:
        db[name].update_one(
            {"cohort_id": cohort_id, "key": key, **_not_newer(version)},
            {
                "$set": {**values, "archived": False, "changed_in": version},
                "$setOnInsert": {"_id": new_id(), **(first or {})},
            },
            upsert=True,
        )
    except DuplicateKeyError:
        there = db[name].find_one({"cohort_id": cohort_id, "key": key}, {"_id": 1})
        return there is not None
    return True


def archive_parts(db: Db, name: str, cohort_id: CohortId, keys: list[str], *, version: int) -> None:
    """Mark the parts as archived, except those that a newer change wrote."""
    for batch in batches(keys):
        db[name].update_many(
            {"cohort_id": cohort_id, "key": {"$in": batch}, **_not_newer(version)},
            {"$set": {"archived": True, "changed_in": version}},
        )


def _not_newer(version: int) -> Document:
    return {"changed_in": {"$not": {"$gt": version}}}
