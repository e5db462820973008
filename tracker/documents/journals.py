"""Derived: all logs of a learner in one document, as lists show them, and the looks back.

Of each log it holds what a row needs, with its `seq`, which grows with every change of the log:
an older state never goes over a newer one, however late its writer comes. The embedded server
takes ten times as long to find a hundred logs as to find this one document.
"""

from collections.abc import Iterable

from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.errors import BulkWriteError

from tracker.documents.schema import (
    KEY,
    Db,
    Document,
    create_or_change,
    duplicates_in,
    many,
    record,
)
from tracker.models import (
    CohortId,
    Completion,
    EnrolmentId,
    Journal,
    LessonId,
    LessonLog,
    LogState,
    LogSummary,
    StepId,
)

NAME = "journals"
INDEXES = [
    # Every journal of a cohort, for checks.
    IndexModel([("cohort_id", ASCENDING)], name="journals_of_a_cohort"),
]
SCHEMA = record(
    {"_id": KEY, "cohort_id": KEY},
    {"logs": {"bsonType": "object"}, "looked_back": many(KEY, most=1_000)},
)


def put(db: Db, logs: Iterable[LessonLog]) -> None:
    """Set what the journals say of these logs, where they say nothing newer.

    A learner's logs go in with one update. It is refused where one of them is known already, or
    two writers begin the journal at once; then each goes in, or not, by itself.
    """
    of_learner: dict[EnrolmentId, list[LessonLog]] = {}
    for log in logs:
        of_learner.setdefault(log.enrolment_id, []).append(log)
    together = list(of_learner.values())
    refused = _refused(db, [_update(each, upsert=True) for each in together])
    alone = [_update([log], upsert=False) for number in refused for log in together[number]]
    _refused(db, alone)


def look_back(
    db: Db, enrolment_id: EnrolmentId, cohort_id: CohortId, step_ids: set[StepId]
) -> None:
    """Say that the learner looked back on these steps."""
    change = {"$addToSet": {"looked_back": {"$each": sorted(step_ids)}}}
    started = {"$setOnInsert": {"cohort_id": cohort_id}}
    create_or_change(db, NAME, {"_id": enrolment_id}, change | started)


def find(db: Db, enrolment_id: EnrolmentId) -> Journal:
    """Return the learner's journal, an empty one if there is none."""
    document = db[NAME].find_one({"_id": enrolment_id})
    return _journal_from(document) if document else Journal()


def of_cohort(db: Db, cohort_id: CohortId) -> dict[EnrolmentId, Journal]:
    """Return every journal of a cohort (for checks)."""
    found = db[NAME].find({"cohort_id": cohort_id})
    return {EnrolmentId(one["_id"]): _journal_from(one) for one in found}


def remove(db: Db, enrolment_id: EnrolmentId) -> None:
    """Remove a journal that is wrong, to be built again."""
    db[NAME].delete_one({"_id": enrolment_id})


def _update(logs: list[LessonLog], *, upsert: bool) -> UpdateOne:
    """Return the update of a learner's journal by these logs, unless it has one of them."""
    older = {f"logs.{log.lesson_id}.seq": {"$not": {"$gte": log.summary.seq}} for log in logs}
    values = {f"logs.{log.lesson_id}": _values_of(log.summary) for log in logs}
    return UpdateOne(
        {"_id": logs[0].enrolment_id, **older},
        {"$set": values, "$setOnInsert": {"cohort_id": logs[0].cohort_id}},
        upsert=upsert,
    )


def _refused(db: Db, updates: list[UpdateOne]) -> list[int]:
    """Write these; return the places in the list of those whose journal is there, but not older."""
    try:
        if updates:
            db[NAME].bulk_write(updates, ordered=False)
    except BulkWriteError as error:
        return duplicates_in(error)
    return []


def _values_of(log: LogSummary) -> Document:
    values = {
        "state": log.own_state.value,
        "line": log.line,
        "revision": log.revision,
        "seq": log.seq,
    }
    return values | {"completion": vars(log.completion)} if log.completion else values


def _journal_from(document: Document) -> Journal:
    logs = {
        LessonId(lesson_id): LogSummary(
            own_state=LogState(log["state"]),
            line=log["line"],
            revision=log["revision"],
            seq=log["seq"],
            completion=Completion(**log["completion"]) if "completion" in log else None,
        )
        for lesson_id, log in document.get("logs", {}).items()
    }
    return Journal(logs, frozenset(document.get("looked_back", ())))
