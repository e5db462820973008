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
    jobs_done,
    journals,
    leases,
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
from tracker.models import Enrolment

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
    jobs_done,
    journals,
    leases,
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


def is_embedded(db: Db) -> bool:
    """Tell whether the embedded server (SecantusDB) answers; raise as a ping does if none does."""
    return "secantusVersion" in db.command("buildInfo")


def prepare(db: Db) -> None:
    """Create every collection with its validator and indexes; safe to run again, and at once."""
    for module in COLLECTIONS:
        try:
            set_up(db, module.NAME, module.SCHEMA, module.INDEXES)
        except (CollectionInvalid, OperationFailure) as error:
            if getattr(error, "code", ALREADY_THERE) != ALREADY_THERE:
                raise
            set_up(db, module.NAME, module.SCHEMA, module.INDEXES)


def fill_journals(db: Db, places: list[Enrolment]) -> None:
    """Put what these at most ASK_FOR learners wrote into their journals."""
    ids = [place.id for place in places]
    journals.put(db, lesson_logs.list_short_for_learners(db, ids))
    steps = retrospectives.list_steps(db, ids)
    for place in places:
        if place.id in steps:
            journals.look_back(db, place.id, place.cohort_id, steps[place.id])


def missing_indexes(db: Db) -> list[str]:
    """Return the indexes that should be there and are not, as "collection.index"."""
    missing = []
    for module in COLLECTIONS:
        there = db[module.NAME].index_information()
        wanted = [index.document["name"] for index in module.INDEXES]
        missing += [f"{module.NAME}.{name}" for name in wanted if name not in there]
    return missing
