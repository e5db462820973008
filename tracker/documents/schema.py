"""Words in which the document modules write their `$jsonSchema` validators, and shared values."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from datetime import date
from enum import Enum
from typing import Any, TypeVar

import pymongo
from bson import ObjectId
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError
from pymongo.operations import IndexModel

from tracker.errors import Conflict

Document = dict[str, Any]
Db = Database[Document]
Schema = dict[str, Any]
Item = TypeVar("Item")

TEXT_LIMIT = 200_000
"""Characters that one note may hold; a post part is bounded by the size of its file."""
BATCH = 1_000
"""Documents that one bulk insert sends; some 0.3 s on the embedded server."""
PATIENCE = 300
"""Seconds that a job of a command may take in one go; a page gives up sooner (app.py)."""
ASK_FOR = 100
"""Ids in one `$in`: the embedded server takes 6 ms for 100 and 8 s for 4,000."""
DUPLICATE = 11_000
"""MongoDB's code for a value that a unique index knows already."""

DAY: Schema = {"bsonType": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
MOMENT: Schema = {"bsonType": "date"}
FLAG: Schema = {"bsonType": "bool"}
KEY: Schema = {"bsonType": "string", "minLength": 1, "maxLength": 200}


def new_id() -> str:
    """Return a new document id: 24 hexadecimal digits that grow with time."""
    return str(ObjectId())


def text(limit: int = TEXT_LIMIT, least: int = 0) -> Schema:
    return {"bsonType": "string", "minLength": least, "maxLength": limit}


def whole(least: int, most: int = 2**31 - 1) -> Schema:
    return {"bsonType": ["int", "long"], "minimum": least, "maximum": most}


def word(values: type[Enum]) -> Schema:
    return {"enum": [value.value for value in values]}


def maybe(schema: Schema) -> Schema:
    return {"anyOf": [{"bsonType": "null"}, schema]}


def many(items: Schema, most: int) -> Schema:
    return {"bsonType": "array", "maxItems": most, "items": items}


def record(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """Return the schema of an object: the required properties, then those that may be absent."""
    return {
        "bsonType": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
    }


def batches(items: list[Item], size: int = ASK_FOR) -> Iterator[list[Item]]:
    """Yield the items in lists of at most `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))


def patiently() -> AbstractContextManager[None]:
    """Wait PATIENCE seconds in all for what the block asks of the database."""
    return pymongo.timeout(PATIENCE)


def day_from(value: str) -> date:
    return date.fromisoformat(value)


def create_or_change(db: Db, name: str, key: Document, change: Document) -> Document:
    """Change the record with this key, or create it, in one atomic step; return it.

    Two that create it at once both get it: the slower one is told of a duplicate, and asks again.
    An update and a read are what the embedded server does by an index: its findAndModify reads
    the whole collection.
    """
    for _ in range(3):
        with suppress(DuplicateKeyError):
            db[name].update_one(key, change, upsert=True)
            document: Document | None = db[name].find_one(key)
            if document is not None:
                return document
    raise Conflict


def missing_ids(db: Db, name: str, ids: list[str]) -> list[str]:
    """Return those ids that no document of the collection has, in their order."""
    there: set[str] = set()
    for batch in batches(ids):
        found = db[name].find({"_id": {"$in": batch}}, {"_id": 1})
        there.update(document["_id"] for document in found)
    return [key for key in ids if key not in there]


def values_among(db: Db, name: str, field: str, values: list[str]) -> set[str]:
    """Return those of the values that the field has in some document of the collection."""
    there: set[str] = set()
    for batch in batches(values):
        found = db[name].find({field: {"$in": batch}}, {field: 1})
        there.update(document[field] for document in found)
    return there


def insert_new(db: Db, name: str, documents: list[Document]) -> list[Document]:
    """Insert the documents in batches; return them without those that a unique index knows."""
    new: list[Document] = []
    for batch in batches(documents, BATCH):
        known: set[int] = set()
        try:
            db[name].insert_many(batch, ordered=False)
        except BulkWriteError as error:
            known = set(duplicates_in(error))
        new += [one for number, one in enumerate(batch) if number not in known]
    return new


def duplicates_in(error: BulkWriteError) -> list[int]:
    """Return the places of those writes that a unique index refused; raise if others failed."""
    refused = error.details["writeErrors"]
    if error.details["writeConcernErrors"] or any(one["code"] != DUPLICATE for one in refused):
        raise error
    return [one["index"] for one in refused]


def set_up(db: Db, name: str, schema: Schema, indexes: Iterable[IndexModel]) -> None:
    """Create the collection, its validator and its indexes; safe to run again."""
    validator = {"$jsonSchema": schema}
    if name in db.list_collection_names():
        db.command("collMod", name, validator=validator)
    else:
        db.create_collection(name, validator=validator)
    wanted = list(indexes)
    if wanted:
        db[name].create_indexes(wanted)
