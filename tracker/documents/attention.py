"""What staff set and do about those who need a person: one document for each cohort.

A change is owed to the cohort's version (`owed`, set in the same update): only then do the pages
that show it change. `seq` counts the changes.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta, timezone

from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from tracker.documents.schema import FLAG, KEY, Db, Document, day_from, many, record, whole, word
from tracker.errors import Conflict
from tracker.models import CohortId, EnrolmentId
from tracker.rules.attention import Attention, Contact, Rule, Rules

NAME = "attention"
INDEXES: list[IndexModel] = []
DAYS = whole(1, 30)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
SCHEMA = record(
    {"_id": KEY, "seq": whole(1)},
    {
        "rules": record(
            {
                "silent_days": DAYS,
                "stuck_days": DAYS,
                "behind_lessons": whole(1, 100),
                "falling_by": {"bsonType": ["double", "int"], "minimum": 0.3, "maximum": 4},
                "snooze_days": DAYS,
                "off": many(word(Rule), most=len(Rule)),
                "revision": whole(1),
            }
        ),
        "contacts": {"bsonType": "object"},
        "taken": {"bsonType": "object"},
        "owed": FLAG,
    },
)


def attention_from(document: Document) -> Attention:
    """Return what staff set and did; the names of the staff stand elsewhere."""
    rules = document.get("rules")
    contacts = document.get("contacts", {})
    return Attention(
        rules=Rules(**{**rules, "off": frozenset(map(Rule, rules["off"]))}) if rules else Rules(),
        contacts={
            (EnrolmentId(key), Rule(rule)): Contact(**{**one, "until": day_from(one["until"])})
            for key, of_rules in contacts.items()
            for rule, one in of_rules.items()
        },
        taken={EnrolmentId(key): name for key, name in document.get("taken", {}).items()},
    )


def list_by_id(db: Db, ids: Iterable[CohortId]) -> dict[CohortId, Attention]:
    """Return what staff of these cohorts set and did."""
    found = db[NAME].find({"_id": {"$in": list(ids)}})
    return {CohortId(document["_id"]): attention_from(document) for document in found}


def set_rules(db: Db, cohort_id: CohortId, rules: Rules) -> None:
    """Set the rules over the revision they carry. Raises Conflict if that is not the last."""
    values = asdict(replace(rules, revision=rules.revision + 1))
    values["off"] = sorted(rule.value for rule in rules.off)
    seen = {"rules.revision": rules.revision or None}
    if not _change(db, cohort_id, seen, {"$set": {"rules": values}}, creates=rules.revision == 0):
        raise Conflict


def add_contact(
    db: Db, cohort_id: CohortId, enrolment_id: EnrolmentId, rule: Rule, new: Contact, *, today: date
) -> bool:
    """Hide the row for a while; tell if nobody had, or only before the evidence that `new` has."""
    field = f"contacts.{enrolment_id}.{rule}"
    over = [{f"{field}.until": {"$lte": today.isoformat()}}, {f"{field}.reach": {"$lt": new.reach}}]
    values = {**asdict(new), "until": new.until.isoformat()}
    return _change(db, cohort_id, {"$or": [{field: None}, *over]}, {"$set": {field: values}})


def remove_contact(
    db: Db, cohort_id: CohortId, enrolment_id: EnrolmentId, rule: Rule, *, made: int
) -> bool:
    """Take back the contact of this moment (milliseconds since 1970); tell if it was there."""
    at = EPOCH + timedelta(milliseconds=made)
    field = f"contacts.{enrolment_id}.{rule}"
    return _change(db, cohort_id, {f"{field}.at": at}, {"$unset": {field: ""}}, creates=False)


def take(db: Db, cohort_id: CohortId, enrolment_id: EnrolmentId, name: str) -> bool:
    """Let someone look after the learner in the coach's place; tell if nobody had taken them."""
    field = f"taken.{enrolment_id}"
    return _change(db, cohort_id, {field: None}, {"$set": {field: name}})


def give_back(db: Db, cohort_id: CohortId, enrolment_id: EnrolmentId) -> bool:
    """Leave the learner to their coach again; tell if someone had taken them."""
    field = f"taken.{enrolment_id}"
    return _change(db, cohort_id, {field: {"$ne": None}}, {"$unset": {field: ""}}, creates=False)


def find_owed(db: Db, cohort_id: CohortId) -> int | None:
    """Return the `seq` of a change that the cohort's version does not know of yet."""
    document = db[NAME].find_one({"_id": cohort_id, "owed": True}, {"seq": 1})
    return document["seq"] if document else None


def clear_owed(db: Db, cohort_id: CohortId, seq: int) -> None:
    """Say that the version was raised, if there was no change since."""
    db[NAME].update_one({"_id": cohort_id, "seq": seq}, {"$unset": {"owed": ""}})


def _change(
    db: Db, cohort_id: CohortId, condition: Document, change: Document, *, creates: bool = True
) -> bool:
    """Make the change if the condition holds, in one atomic step; tell if it was made.

    Of two that create the document at once the slower one is told that there is one; asked again,
    it finds it.
    """
    where = {"_id": cohort_id, **condition}
    owing = {**change, "$inc": {"seq": 1}, "$set": {**change.get("$set", {}), "owed": True}}
    if creates:
        with suppress(DuplicateKeyError):
            done = db[NAME].update_one(where, owing, upsert=True)
            return done.matched_count == 1 or done.upserted_id is not None
    return db[NAME].update_one(where, owing).matched_count == 1
