"""Brings a database into the shape that this version expects."""

from types import ModuleType

from pymongo.errors import CollectionInvalid, OperationFailure

from tracker.documents import (
    activity,
    attention,
    cohorts,
    comments,
    curriculum_changes,
    enrolments,
    help_queue,
    help_requests,
    invites,
    lesson_logs,
    lessons,
    log_revisions,
    marks,
    people,
    people_imports,
    posts,
    problems,
    project_notes,
    projects,
    retrospectives,
    staff_notes,
    steps,
)
from tracker.documents.schema import Db, set_up

COLLECTIONS: tuple[ModuleType, ...] = (
    activity,
    attention,
    cohorts,
    comments,
    curriculum_changes,
    enrolments,
    help_queue,
    help_requests,
    invites,
    lesson_logs,
    lessons,
    log_revisions,
    marks,
    people,
    people_imports,
    posts,
    problems,
    project_notes,
    projects,
    retrospectives,
    staff_notes,
    steps,
)
ALREADY_THERE = 48


def prepare(db: Db) -> None:
    """Create every collection with its validator and indexes; safe to run again, and at once."""
    for module in COLLECTIONS:
        try:
            set_up(db, module.NAME, module.SCHEMA, module.INDEXES)
        except (CollectionInvalid, OperationFailure) as error:
            if getattr(error, "code", ALREADY_THERE) != ALREADY_THERE:
                raise
            set_up(db, module.NAME, module.SCHEMA, module.INDEXES)


def missing_indexes(db: Db) -> list[str]:
    """Return the indexes that should be there and are not, as "collection.index"."""
    missing = []
    for module in COLLECTIONS:
        there = db[module.NAME].index_information()
        wanted = [index.document["name"] for index in module.INDEXES]
        missing += [f"{module.NAME}.{name}" for name in wanted if name not in there]
    return missing
