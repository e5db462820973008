"""Cohorts; `version` is the key of everything that is derived from a cohort's records."""

from datetime import date

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError

from tracker.documents.schema import (
    DAY,
    FLAG,
    KEY,
    Db,
    Document,
    create_or_change,
    day_from,
    many,
    new_id,
    record,
    text,
    whole,
    word,
)
from tracker.errors import NotFound, Taken
from tracker.models import BUCKET_SIZE, Cohort, CohortId, CohortState

NAME = "cohorts"
INDEXES = [
    # The address of a cohort; serves every page below /cohorts/<cohort>/.
    IndexModel([("slug", ASCENDING)], name="one_cohort_per_slug", unique=True),
]
SCHEMA = record(
    {
        "_id": KEY,
        "slug": text(80, least=1),
        "name": text(200, least=1),
        "track": text(200),
        "time_zone": text(60, least=1),
        "starts_on": DAY,
        "ends_on": DAY,
        "holidays": many(DAY, most=400),
        "state": word(CohortState),
        "version": whole(1),
        "curriculum_version": whole(0),
        "next_cell": whole(0),
        "next_ordinal": whole(0),
    },
    {
        "curriculum_pending": FLAG,
        "people_version": whole(0),
        "buckets": {"bsonType": "object"},  # the version of each bucket of rows, by its number
    },
)


def cohort_from(document: Document) -> Cohort:
    return Cohort(
        id=CohortId(document["_id"]),
        slug=document["slug"],
        name=document["name"],
        track=document["track"],
        time_zone=document["time_zone"],
        starts_on=day_from(document["starts_on"]),
        ends_on=day_from(document["ends_on"]),
        holidays=tuple(day_from(day) for day in document["holidays"]),
        state=CohortState(document["state"]),
        version=document["version"],
        curriculum_version=document["curriculum_version"],
        people_version=document.get("people_version", 0),
        bucket_versions=_bucket_versions(document),
    )


def put(
    db: Db,
    *,
    slug: str,
    name: str,
    track: str,
    time_zone: str,
    starts_on: date,
    ends_on: date,
    holidays: list[date],
    state: CohortState,
) -> Cohort:
    """Create the cohort or set what is named here; return it. One atomic step."""
    document = create_or_change(
        db,
        NAME,
        {"slug": slug},
        {
            "$set": {
                "name": name,
                "track": track,
                "time_zone": time_zone,
                "starts_on": starts_on.isoformat(),
                "ends_on": ends_on.isoformat(),
                "holidays": [day.isoformat() for day in holidays],
                "state": state.value,
                "curriculum_pending": True,
            },
            "$setOnInsert": {
                "_id": new_id(),
                "version": 1,
                "curriculum_version": 0,
                "next_cell": 0,
                "next_ordinal": 0,
            },
        },
    )
    return cohort_from(document)


def add_draft(
    db: Db,
    cohort_id: CohortId,
    *,
    slug: str,
    name: str,
    track: str,
    time_zone: str,
    starts_on: date,
    ends_on: date,
) -> Cohort:
    """Add a cohort in which nothing is planned yet. Raises Taken if its slug is another one's."""
    document = {
        "_id": cohort_id,
        "slug": slug,
        "name": name,
        "track": track,
        "time_zone": time_zone,
        "starts_on": starts_on.isoformat(),
        "ends_on": ends_on.isoformat(),
        "holidays": [],
        "state": CohortState.DRAFT.value,
        "version": 1,
        "curriculum_version": 0,
        "next_cell": 0,
        "next_ordinal": 0,
    }
    try:
        db[NAME].insert_one(document)
    except DuplicateKeyError as error:
        raise Taken("slug") from error
    return cohort_from(document)


def change(db: Db, cohort: Cohort, values: Document) -> bool:
    """Set these values if the curriculum still has the version that is given; tell if it has."""
    stored = {
        name: [day.isoformat() for day in value] if name == "holidays" else _stored(value)
        for name, value in values.items()
    }
    done = db[NAME].update_one(
        {"_id": cohort.id, "curriculum_version": cohort.curriculum_version},
        {"$set": {**stored, "curriculum_pending": True}},
    )
    return done.matched_count == 1


def find_by_slug(db: Db, slug: str) -> Cohort | None:
    document = db[NAME].find_one({"slug": slug})
    return cohort_from(document) if document else None


def get_by_slug(db: Db, slug: str) -> Cohort:
    cohort = find_by_slug(db, slug)
    if cohort is None:
        raise NotFound("cohort", slug)
    return cohort


def get(db: Db, cohort_id: CohortId) -> Cohort:
    document = db[NAME].find_one({"_id": cohort_id})
    if document is None:
        raise NotFound("cohort", cohort_id)
    return cohort_from(document)


def list_by_id(db: Db, ids: list[CohortId]) -> list[Cohort]:
    """Return these cohorts, the latest to start first."""
    return _list(db, {"_id": {"$in": ids}})


def list_all(db: Db) -> list[Cohort]:
    """Return the 200 cohorts that started last, the latest first (for administrators)."""
    return _list(db, {})


def list_ids(db: Db) -> list[CohortId]:
    """Return the id of every cohort (for checks)."""
    return [CohortId(document["_id"]) for document in db[NAME].find({}, {"_id": 1})]


def is_curriculum_pending(db: Db, cohort_id: CohortId) -> bool:
    """Tell whether a change of the curriculum was begun and not finished."""
    return db[NAME].find_one({"_id": cohort_id, "curriculum_pending": True}, {"_id": 1}) is not None


def finish_curriculum(db: Db, cohort_id: CohortId, version: int | None = None) -> None:
    """Make every process read the curriculum anew; with a version, only if it is still that one."""
    only = {} if version is None else {"curriculum_version": version}
    db[NAME].update_one(
        {"_id": cohort_id, **only},
        {"$inc": {"version": 1, "curriculum_version": 1}, "$unset": {"curriculum_pending": ""}},
    )


def set_state(db: Db, cohort_id: CohortId, state: CohortState) -> None:
    db[NAME].update_one(
        {"_id": cohort_id}, {"$set": {"state": state.value}, "$inc": {"version": 1}}
    )


def touch(db: Db, cohort_id: CohortId, *buckets: int, people: bool = False) -> None:
    """Say that figures have changed: rows of these buckets; with `people`, who belongs here."""
    raised = {"version": 1, **{f"buckets.{number}": 1 for number in buckets}}
    if people:
        raised["people_version"] = 1
    db[NAME].update_one({"_id": cohort_id}, {"$inc": raised})


def touch_people(db: Db, ids: list[CohortId]) -> None:
    """Say that someone has changed who belongs to these cohorts."""
    if ids:
        db[NAME].update_many({"_id": {"$in": ids}}, {"$inc": {"people_version": 1}})


def raise_versions(db: Db, by: int) -> None:
    """Raise what browsers know pages by, beyond all that they have seen (for restores)."""
    db[NAME].update_many({}, {"$inc": {"version": by}})


def take_numbers(db: Db, cohort_id: CohortId, field: str, count: int) -> range:
    """Reserve `count` numbers that were never given before, of `next_cell` or `next_ordinal`."""
    document = db[NAME].find_one_and_update(
        {"_id": cohort_id}, {"$inc": {field: count}}, return_document=ReturnDocument.AFTER
    )
    if document is None:
        raise NotFound("cohort", cohort_id)
    return range(document[field] - count, document[field])


def _stored(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, CohortState) else value


def _bucket_versions(document: Document) -> dict[int, int]:
    """Return the version of each bucket that can hold a row; 0 where none was ever changed."""
    raised, count = document.get("buckets", {}), -(-document["next_ordinal"] // BUCKET_SIZE)
    return {number: raised.get(str(number), 0) for number in range(count)}


def _list(db: Db, query: Document) -> list[Cohort]:
    found = db[NAME].find(query).sort("starts_on", -1).limit(200)
    return [cohort_from(document) for document in found]
