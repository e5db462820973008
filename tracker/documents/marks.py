"""Derived figures: the marks of some 64 learners in each document, read by a dashboard.

What else they said of the lessons stands beside the rows, so that a dashboard reads marks and
understanding alone. Whoever has changed a bucket raises its version in the cohort
(`cohorts.touch`).

A row is set only if its `seq` is still the one that was read before the records were: so a slow
writer can never put an older state over a newer one.
"""

from dataclasses import asdict

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from tracker.documents.schema import KEY, Db, Document, batches, day_from, record, whole
from tracker.models import CohortId, Enrolment, EnrolmentId, Row, Said, Status

NAME = "marks"
INDEXES = [
    # The buckets of a cohort; serves the dashboard and matrix.json.
    IndexModel(
        [("cohort_id", ASCENDING), ("number", ASCENDING)], name="buckets_of_a_cohort", unique=True
    ),
]
SCHEMA = record(
    {
        "_id": KEY,
        "cohort_id": KEY,
        "number": whole(0),
        "rows": {"bsonType": "object"},
    },
    {"said": {"bsonType": "object"}},
)


def bucket_id(enrolment: Enrolment) -> str:
    return f"{enrolment.cohort_id}:{enrolment.bucket}"


def row_from(enrolment_id: str, row: Document, said: Document | None = None) -> Row:
    """Return the row; without `said`, which is stored beside it, understanding alone is said."""
    return Row(
        enrolment_id=EnrolmentId(enrolment_id),
        name=row["name"],
        status=Status(row["status"]),
        joined_on=day_from(row["joined_on"]),
        marks=row["marks"],
        logged_at=row["logged_at"],
        logged_cell=row.get("logged_cell", -1),
        coach_id=row.get("coach_id"),
        stuck_since={int(cell): since for cell, since in row.get("stuck_since", {}).items()},
        said=Said(**{**(said or {}), "understanding": row.get("understanding", "")}),
        seq=row["seq"],
    )


def find_rows(db: Db, enrolments: list[Enrolment]) -> dict[EnrolmentId, Row]:
    """Return the rows that these learners of one bucket have."""
    ids = [enrolment.id for enrolment in enrolments]
    fields = {f"{part}.{key}": 1 for key in ids for part in ("rows", "said")}
    bucket = db[NAME].find_one({"_id": bucket_id(enrolments[0])}, fields)
    there = bucket["rows"] if bucket else {}
    return {
        key: row_from(key, there[key], _said_of(bucket, key))
        for key in ids
        if bucket and key in there
    }


def set_rows(db: Db, enrolments: list[Enrolment], rows: list[Row]) -> bool:
    """Set these rows of one bucket if each has its `seq` still (0: there is none); tell if it had.

    If one has not, none is set.
    """
    some = enrolments[0]
    seqs: Document = {f"rows.{row.enrolment_id}.seq": row.seq or None for row in rows}
    values: Document = {}
    for row in rows:
        values[f"rows.{row.enrolment_id}"] = _values_of(row)
        values[f"said.{row.enrolment_id}"] = _said_beside(row)
    try:
        done = db[NAME].update_one(
            {"_id": bucket_id(some), **seqs},
            {
                "$set": values,
                "$setOnInsert": {
                    "cohort_id": some.cohort_id,
                    "number": some.bucket,
                },
            },
            upsert=not any(row.seq for row in rows),
        )
    except DuplicateKeyError:  # the bucket exists, and so does a row: someone was faster
        return False
    return done.matched_count == 1 or done.upserted_id is not None


def remove_row(db: Db, enrolment: Enrolment) -> None:
    """Remove the row of someone who is not a learner (any more)."""
    db[NAME].update_one({"_id": bucket_id(enrolment)}, _without(enrolment.id))


def list_buckets(
    db: Db, keys: list[tuple[CohortId, int]], *, said: bool = False
) -> dict[tuple[CohortId, int], list[Row]]:
    """Return the rows of these buckets by cohort and number, with what was said or without."""
    rows: dict[tuple[CohortId, int], list[Row]] = {key: [] for key in keys}
    ids = [f"{cohort_id}:{number}" for cohort_id, number in keys]
    for batch in batches(ids):
        wanted = {"_id": {"$in": batch}}
        for bucket in db[NAME].find(wanted, None if said else {"said": 0}):
            rows[bucket["cohort_id"], bucket["number"]] = [
                row_from(key, row, _said_of(bucket, key)) for key, row in bucket["rows"].items()
            ]
    return rows


def rows_by_bucket(db: Db, cohort_id: CohortId) -> dict[tuple[int, EnrolmentId], Row]:
    """Return every row of the cohort by the number of its bucket and its learner ."""
    return {
        (bucket["number"], EnrolmentId(key)): row_from(key, row, _said_of(bucket, key))
        for bucket in db[NAME].find({"cohort_id": cohort_id})
        for key, row in bucket["rows"].items()
    }


def remove_from_bucket(db: Db, cohort_id: CohortId, number: int, enrolment_id: EnrolmentId) -> None:
    """Remove a row that stands where nobody's row belongs."""
    db[NAME].update_one({"cohort_id": cohort_id, "number": number}, _without(enrolment_id))


def put_bucket(db: Db, cohort_id: CohortId, number: int, rows: list[Row]) -> None:
    """Set every row of a bucket at once, where nobody else can be writing yet."""
    values = {
        "cohort_id": cohort_id,
        "number": number,
        "rows": {row.enrolment_id: _values_of(row) for row in rows},
        "said": {row.enrolment_id: _said_beside(row) for row in rows},
    }
    db[NAME].update_one(
        {"_id": f"{cohort_id}:{number}"},
        {"$set": values},
        upsert=True,
    )


def _values_of(row: Row) -> Document:
    return {
        "name": row.name,
        "status": row.status.value,
        "joined_on": row.joined_on.isoformat(),
        "marks": row.marks,
        "logged_at": row.logged_at,
        "logged_cell": row.logged_cell,
        "understanding": row.said.understanding,
        "coach_id": row.coach_id,
        "stuck_since": {str(cell): since for cell, since in row.stuck_since.items()},
        "seq": row.seq + 1,
    }


def _said_beside(row: Row) -> Document:
    return {name: said for name, said in asdict(row.said).items() if name != "understanding"}


def _said_of(bucket: Document, enrolment_id: str) -> Document | None:
    said: Document | None = bucket.get("said", {}).get(enrolment_id)
    return said


def _without(enrolment_id: str) -> Document:
    gone = {f"rows.{enrolment_id}": "", f"said.{enrolment_id}": ""}
    return {"$unset": gone}
