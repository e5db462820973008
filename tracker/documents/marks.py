"""Derived figures: the marks of some 64 learners in each document, read by a dashboard.

A row is set only if its `seq` is still the one that was read before the records were: so a slow
writer can never put an older state over a newer one.
"""

from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from tracker.documents.schema import KEY, Db, Document, day_from, record, whole
from tracker.models import CohortId, Enrolment, EnrolmentId, Row, Status

NAME = "marks"
BUCKET_SIZE = 64
INDEXES = [
    # The buckets of a cohort; serves the dashboard and matrix.json.
    IndexModel(
        [("cohort_id", ASCENDING), ("number", ASCENDING)], name="buckets_of_a_cohort", unique=True
    ),
]
SCHEMA = record({"_id": KEY, "cohort_id": KEY, "number": whole(0), "rows": {"bsonType": "object"}})


def bucket_id(enrolment: Enrolment) -> str:
    return f"{enrolment.cohort_id}:{enrolment.ordinal // BUCKET_SIZE}"


def row_from(enrolment_id: str, row: Document) -> Row:
    return Row(
        enrolment_id=EnrolmentId(enrolment_id),
        name=row["name"],
        status=Status(row["status"]),
        joined_on=day_from(row["joined_on"]),
        marks=row["marks"],
        logged_at=row["logged_at"],
        seq=row["seq"],
    )


def find_row(db: Db, enrolment: Enrolment) -> Row | None:
    field = f"rows.{enrolment.id}"
    document = db[NAME].find_one({"_id": bucket_id(enrolment)}, {field: 1})
    row = document["rows"].get(enrolment.id) if document else None
    return row_from(enrolment.id, row) if row else None


def set_row(db: Db, enrolment: Enrolment, row: Row) -> bool:
    """Set the whole row if its `seq` is still `row.seq` (0: there is none); tell if it was."""
    field = f"rows.{enrolment.id}"
    values = _values_of(row)
    expected: Any = row.seq if row.seq else None
    try:
        done = db[NAME].update_one(
            {"_id": bucket_id(enrolment), f"{field}.seq": expected},
            {
                "$set": {field: values},
                "$setOnInsert": {
                    "cohort_id": enrolment.cohort_id,
                    "number": enrolment.ordinal // BUCKET_SIZE,
                },
            },
            upsert=row.seq == 0,
        )
    except DuplicateKeyError:  # the bucket exists, and so does the row: someone was faster
        return False
    return done.matched_count == 1 or done.upserted_id is not None


def set_mark(db: Db, enrolment: Enrolment, row: Row, marks: str, logged_at: datetime) -> bool:
    """Set the marks if the row's `seq` is still `row.seq`; tell if it was."""
    field = f"rows.{enrolment.id}"
    done = db[NAME].update_one(
        {"_id": bucket_id(enrolment), f"{field}.seq": row.seq},
        {
            "$set": {f"{field}.marks": marks, f"{field}.logged_at": logged_at},
            "$inc": {f"{field}.seq": 1},
        },
    )
    return done.matched_count == 1


def remove_row(db: Db, enrolment: Enrolment) -> None:
    """Remove the row of someone who is not a learner (any more)."""
    field = f"rows.{enrolment.id}"
    db[NAME].update_one({"_id": bucket_id(enrolment)}, {"$unset": {field: ""}})


def list_rows(db: Db, cohort_id: CohortId) -> list[Row]:
    """Return the rows of every learner of the cohort, in the order of joining."""
    buckets = sorted(db[NAME].find({"cohort_id": cohort_id}), key=lambda bucket: bucket["number"])
    return [row_from(key, row) for bucket in buckets for key, row in bucket["rows"].items()]


def rows_by_bucket(db: Db, cohort_id: CohortId) -> dict[tuple[int, EnrolmentId], Row]:
    """Return every row of the cohort by the number of its bucket and its learner (for checks)."""
    return {
        (bucket["number"], EnrolmentId(key)): row_from(key, row)
        for bucket in db[NAME].find({"cohort_id": cohort_id})
        for key, row in bucket["rows"].items()
    }


def remove_from_bucket(db: Db, cohort_id: CohortId, number: int, enrolment_id: EnrolmentId) -> None:
    """Remove a row that stands where nobody's row belongs."""
    field = f"rows.{enrolment_id}"
    db[NAME].update_one({"cohort_id": cohort_id, "number": number}, {"$unset": {field: ""}})


def put_bucket(db: Db, cohort_id: CohortId, number: int, rows: list[Row]) -> None:
    """Set every row of a bucket at once, where nobody else can be writing yet."""
    values = {row.enrolment_id: _values_of(row) for row in rows}
    db[NAME].update_one(
        {"_id": f"{cohort_id}:{number}"},
        {"$set": {"cohort_id": cohort_id, "number": number, "rows": values}},
        upsert=True,
    )


def _values_of(row: Row) -> Document:
    return {
        "name": row.name,
        "status": row.status.value,
        "joined_on": row.joined_on.isoformat(),
        "marks": row.marks,
        "logged_at": row.logged_at,
        "seq": row.seq + 1,
    }
