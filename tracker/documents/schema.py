"""Words in which the document modules write their `$jsonSchema` validators, and shared values."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from enum import Enum
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError
from pymongo.operations import IndexModel

from tracker.errors import Conflict

Document = dict[str, Any]
Db = Database[Document]
Schema = dict[str, Any]

TEXT_LIMIT = 200_000
"""Characters that one note may hold; a post part is bounded by the size of its file."""

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


def day_from(value: str) -> date:
    return date.fromisoformat(value)


def create_or_change(db: Db, name: str, key: Document, change: Document) -> Document:
    """Change the record with this key, or create it; return it. One atomic step.

    Two that create it at once both get it: a server may tell the slower one that there is a
    duplicate (MongoDB) or nothing (SecantusDB); asked again, it finds the record.
    """
    for _ in range(3):
        with suppress(DuplicateKeyError):
            document = db[name].find_one_and_update(
                key, change, upsert=True, return_document=ReturnDocument.AFTER
            )
            if document is not None:
                return document
    raise Conflict


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
