"""Learners' logs, one for each lesson.

A save is one atomic update of one document. With it the log takes on a debt (`owed_to`): its
former entry is to be kept as a revision, its mark is to be set, the activity to be told. Whoever
comes next pays (see use_cases/settling.py), so a process may die at any point.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime

from pymongo import ASCENDING, IndexModel

from tracker.documents import completions
from tracker.documents.log_entry import ENTRY, document_of, entry_from
from tracker.documents.own_record import IMPORTED, imported_from
from tracker.documents.schema import (
    KEY,
    MOMENT,
    Db,
    Document,
    batches,
    insert_new,
    maybe,
    record,
    text,
    whole,
)
from tracker.models import (
    CohortId,
    EnrolmentId,
    LessonId,
    LessonLog,
    LogEntry,
    LogId,
    LogState,
    PersonId,
    PostId,
)

NAME = "lesson_logs"
INDEXES = [
    # One log for each learner and lesson; serves the learner's pages.
    IndexModel(
        [("enrolment_id", ASCENDING), ("lesson_id", ASCENDING)],
        name="one_log_per_learner_and_lesson",
        unique=True,
    ),
    # What is still owed to a cohort's figures; nearly always empty.
    IndexModel([("owed_to", ASCENDING)], name="logs_owed_to_a_cohort"),
]
SCHEMA = record(
    {
        "_id": KEY,
        "enrolment_id": KEY,
        "cohort_id": KEY,
        "lesson_id": KEY,
        "entry": record(ENTRY),
        "note_html": text(2**23),
        "revision": whole(0),
        "updated_at": MOMENT,
        "updated_by": KEY,
    },
    {
        "state_since": MOMENT,
        "owed_to": KEY,
        "previous": record(ENTRY),
        "imported": IMPORTED,
        "from_post": maybe(KEY),
        **completions.FIELDS,
    },
)


def log_from(document: Document) -> LessonLog:
    previous = document.get("previous")
    return LessonLog(
        id=LogId(document["_id"]),
        enrolment_id=EnrolmentId(document["enrolment_id"]),
        cohort_id=CohortId(document["cohort_id"]),
        lesson_id=LessonId(document["lesson_id"]),
        entry=entry_from(document["entry"]),
        note_html=document["note_html"],
        revision=document["revision"],
        updated_at=document["updated_at"],
        updated_by=PersonId(document["updated_by"]),
        state_since=document.get("state_since") or document["updated_at"],
        imported=imported_from(document),
        owed="owed_to" in document,
        previous=entry_from(previous) if previous else None,
        from_post=document.get("from_post"),
        completion=completions.completion_from(document),
        completions=document.get("completions", 0),
        completed_by=document.get("completed_by"),
        completed_at=document.get("completed_at"),
    )


def add(db: Db, logs: list[LessonLog]) -> list[LessonLog]:
    """Add these first logs; return those of a learner and lesson that had none yet.

    What a log owes it owes from the moment that it is there.
    """
    added = {document["_id"] for document in insert_new(db, NAME, list(map(_first, logs)))}
    return [log for log in logs if log.id in added]


def change(
    db: Db,
    log: LessonLog,
    entry: LogEntry,
    *,
    note_html: str,
    by: PersonId,
    at: datetime,
    from_post: PostId | None = None,
) -> LessonLog | None:
    """Replace the entry if the log is still as given and owes nothing; else return None."""
    at = max(at, log.updated_at)  # clocks of two machines may differ
    since = at if entry.state is not log.entry.state else completions.own_since(log)
    saved = replace(
        log,
        entry=entry,
        previous=log.entry,
        note_html=note_html,
        revision=log.revision + 1,
        updated_at=at,
        updated_by=by,
        owed=True,
        from_post=from_post,
    )
    done = db[NAME].update_one(
        {**completions.as_given(log), "owed_to": None},
        {
            "$set": {
                "completion.own_since" if log.completion else "state_since": since,
                "entry": document_of(entry),
                "previous": document_of(log.entry),
                "note_html": note_html,
                "revision": saved.revision,
                "updated_at": at,
                "updated_by": by,
                "owed_to": log.cohort_id,
                "from_post": from_post,
            }
        },
    )
    if not done.matched_count:
        return None
    if saved.completion:
        return replace(saved, completion=replace(saved.completion, own_since=since))
    return replace(saved, state_since=since)


def find(db: Db, log_id: LogId) -> LessonLog | None:
    document = db[NAME].find_one({"_id": log_id})
    return log_from(document) if document else None


def find_for(db: Db, enrolment_id: EnrolmentId, lesson_id: LessonId) -> LessonLog | None:
    document = db[NAME].find_one({"enrolment_id": enrolment_id, "lesson_id": lesson_id})
    return log_from(document) if document else None


def list_for_learner(db: Db, enrolment_id: EnrolmentId) -> list[LessonLog]:
    """Return the learner's whole logs (for exports)."""
    return [log_from(document) for document in db[NAME].find({"enrolment_id": enrolment_id})]


def list_owed(db: Db, cohort_id: CohortId) -> list[LessonLog]:
    return [log_from(document) for document in db[NAME].find({"owed_to": cohort_id})]


def list_owed_among(db: Db, ids: list[LogId]) -> list[LessonLog]:
    """Return those of these logs that owe something."""
    found = db[NAME].find({"_id": {"$in": ids}})
    return [log_from(document) for document in found if "owed_to" in document]


def places_of(db: Db, ids: list[LogId]) -> dict[LogId, tuple[EnrolmentId, LessonId]]:
    """Return whose log of which lesson each of these is."""
    fields = {"enrolment_id": 1, "lesson_id": 1}
    return {
        LogId(log["_id"]): (EnrolmentId(log["enrolment_id"]), LessonId(log["lesson_id"]))
        for batch in batches(ids)
        for log in db[NAME].find({"_id": {"$in": batch}}, fields)
    }


def counters_of(db: Db, ids: list[LogId]) -> dict[LogId, tuple[int, int]]:
    """Return how often each of these was saved, and set done or undone."""
    fields = {"revision": 1, "completions": 1}
    return {
        LogId(log["_id"]): (log["revision"], log.get("completions", 0))
        for batch in batches(ids)
        for log in db[NAME].find({"_id": {"$in": batch}}, fields)
    }


def list_short_for_learners(db: Db, enrolment_ids: list[EnrolmentId]) -> list[LessonLog]:
    """Return the logs of these learners, in no order, with what is derived from them alone."""
    found = db[NAME].find(
        {"enrolment_id": {"$in": enrolment_ids}},
        {
            "enrolment_id": 1,
            "cohort_id": 1,
            "lesson_id": 1,
            "entry.state": 1,
            "entry.understanding": 1,
            "entry.pace": 1,
            "entry.minutes": 1,
            "entry.line": 1,
            "revision": 1,
            "updated_at": 1,
            "updated_by": 1,
            "state_since": 1,
            "owed_to": 1,
            **dict.fromkeys(completions.FIELDS, 1),
        },
    )
    return [log_from(_with_nothing_said(document)) for document in found]


def clear_owed(db: Db, logs: list[LessonLog]) -> bool:
    """Say that the debts of these revisions are paid; False if a newer one came in between."""
    alike: defaultdict[tuple[int, int | None], list[LogId]] = defaultdict(list)
    for log in logs:
        alike[log.revision, log.completions or None].append(log.id)
    paid = 0
    for (revision, completions_), ids in alike.items():
        same = {"_id": {"$in": ids}, "revision": revision, "completions": completions_}
        done = db[NAME].update_many(same, {"$unset": {"owed_to": "", "previous": ""}})
        paid += done.matched_count
    return paid == len(logs)


def _first(log: LessonLog) -> Document:
    """Return the document of a log that nobody has changed since it was made."""
    document = {
        "_id": log.id,
        "enrolment_id": log.enrolment_id,
        "cohort_id": log.cohort_id,
        "lesson_id": log.lesson_id,
        "entry": document_of(log.entry),
        "note_html": log.note_html,
        "revision": log.revision,
        "updated_at": log.updated_at,
        "updated_by": log.updated_by,
        "state_since": log.state_since,
    }
    if log.owed:
        document["owed_to"] = log.cohort_id
    if log.from_post is not None:
        document["from_post"] = log.from_post
    if log.completion is not None:
        document |= {"completions": log.completions, **completions.values_of(log.completion)}
    return document


def _with_nothing_said(document: Document) -> Document:
    entry = document_of(LogEntry(LogState.NOT_STARTED))
    return {**document, "entry": {**entry, **document["entry"]}, "note_html": ""}
