"""The queue for live help: one open ticket for each learner.

`open_in` is there while the ticket is open: a unique index over it allows one each, and what is
done leaves the queue without leaving the collection.
"""

from datetime import datetime

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from tracker.documents.schema import (
    KEY,
    MOMENT,
    Db,
    Document,
    batches,
    maybe,
    record,
    text,
    word,
)
from tracker.errors import NotFound
from tracker.models import CohortId, EnrolmentId, Owner, PersonId, Ticket, TicketId, TicketState

NAME = "help_queue"
LIMIT = 500
INDEXES = [
    # One open ticket each; what is closed has no `open_in`.
    IndexModel(
        [("enrolment_id", ASCENDING), ("open_in", ASCENDING)],
        name="one_open_ticket_each",
        unique=True,
        partialFilterExpression={"open_in": {"$exists": True}},
    ),
    # The queue of a cohort as it stands.
    IndexModel([("open_in", ASCENDING), ("created_at", ASCENDING)], name="open_tickets"),
    # How long people waited, since a moment.
    IndexModel([("cohort_id", ASCENDING), ("taken_at", ASCENDING)], name="tickets_taken"),
]
SCHEMA = record(
    {
        "_id": KEY,
        "cohort_id": KEY,
        "enrolment_id": KEY,
        "name": text(100),
        "topic": text(200),
        "state": word(TicketState),
        "created_at": MOMENT,
        "taken_at": maybe(MOMENT),
        "helper": maybe(record({"id": KEY, "name": text(100)})),
        "closed_at": maybe(MOMENT),
    },
    {"open_in": KEY},
)


def ticket_from(document: Document) -> Ticket:
    helper = document["helper"]
    return Ticket(
        id=TicketId(document["_id"]),
        cohort_id=CohortId(document["cohort_id"]),
        enrolment_id=EnrolmentId(document["enrolment_id"]),
        name=document["name"],
        topic=document["topic"],
        state=TicketState(document["state"]),
        created_at=document["created_at"],
        taken_at=document["taken_at"],
        helper=Owner(**helper) if helper else None,
    )


def add(db: Db, ticket: Ticket) -> bool:
    """Put the learner at the end of the queue; False if they stand in it already."""
    document = {
        "_id": ticket.id,
        "cohort_id": ticket.cohort_id,
        "enrolment_id": ticket.enrolment_id,
        "name": ticket.name,
        "topic": ticket.topic,
        "state": TicketState.WAITING.value,
        "created_at": ticket.created_at,
        "taken_at": None,
        "helper": None,
        "closed_at": None,
        "open_in": ticket.cohort_id,
    }
    try:
        db[NAME].insert_one(document)
    except DuplicateKeyError:
        return False
    return True


def list_open(db: Db, cohort_id: CohortId) -> list[Ticket]:
    """Return the first LIMIT open tickets of the cohort, in the order of asking."""
    found = db[NAME].find({"open_in": cohort_id}).sort([("created_at", ASCENDING)]).limit(LIMIT)
    return [ticket_from(document) for document in found]


def helpers_since(db: Db, cohort_id: CohortId, since: datetime) -> set[PersonId]:
    """Return who took up a ticket of the cohort since a moment."""
    taken = {"cohort_id": cohort_id, "taken_at": {"$gte": since}}
    found = db[NAME].find(taken, {"helper": 1})
    return {PersonId(each["helper"]["id"]) for each in found if each["helper"]}


def list_waits(db: Db, cohort_id: CohortId, *, since: datetime) -> list[float]:
    """Return how long each waited who was taken since then, in seconds."""
    found = db[NAME].find(
        {"cohort_id": cohort_id, "taken_at": {"$gte": since}}, {"created_at": 1, "taken_at": 1}
    )
    return [(each["taken_at"] - each["created_at"]).total_seconds() for each in found]


def take(db: Db, cohort_id: CohortId, ticket_id: TicketId, helper: Owner, *, at: datetime) -> bool:
    """Give a waiting learner to a helper; False if someone else was quicker."""
    values = {
        "state": TicketState.TAKEN.value,
        "helper": {"id": helper.id, "name": helper.name},
        "taken_at": at,
    }
    key = {
        "_id": ticket_id,
        "open_in": cohort_id,
        "state": {"$in": [TicketState.WAITING.value, TicketState.AWAY.value]},
    }
    return _change(db, key, {"$set": values})


def give_back(db: Db, cohort_id: CohortId, ticket_id: TicketId) -> bool:
    """Put a learner who was taken back to where they stood."""
    key = {"_id": ticket_id, "open_in": cohort_id, "state": TicketState.TAKEN.value}
    values = {"state": TicketState.WAITING.value, "helper": None, "taken_at": None}
    return _change(db, key, {"$set": values})


def close(db: Db, cohort_id: CohortId, ticket_id: TicketId, *, at: datetime) -> bool:
    """End a ticket that was taken."""
    key = {"_id": ticket_id, "open_in": cohort_id, "state": TicketState.TAKEN.value}
    return _change(db, key, _closing(TicketState.DONE, at))


def close_all(db: Db, ids: list[EnrolmentId], cohort_id: CohortId, *, at: datetime) -> None:
    """Take those of these learners out of the queue who stand in it."""
    for batch in batches(ids):
        key = {"enrolment_id": {"$in": batch}, "open_in": cohort_id}
        db[NAME].update_many(key, _closing(TicketState.LEFT, at))


def leave(db: Db, enrolment_id: EnrolmentId, cohort_id: CohortId, *, at: datetime) -> bool:
    """Take the learner out of the queue."""
    key = {"enrolment_id": enrolment_id, "open_in": cohort_id}
    return _change(db, key, _closing(TicketState.LEFT, at))


def set_away(db: Db, enrolment_id: EnrolmentId, cohort_id: CohortId, *, away: bool) -> bool:
    """Say that the learner is away for a while, or back; their place stays."""
    states = TicketState.WAITING.value, TicketState.AWAY.value
    before, after = states if away else states[::-1]
    key = {"enrolment_id": enrolment_id, "open_in": cohort_id, "state": before}
    return _change(db, key, {"$set": {"state": after}})


def get(db: Db, cohort_id: CohortId, ticket_id: TicketId) -> Ticket:
    document = db[NAME].find_one({"_id": ticket_id, "cohort_id": cohort_id})
    if document is None:
        raise NotFound("ticket", ticket_id)
    return ticket_from(document)


def _closing(state: TicketState, at: datetime) -> Document:
    return {"$set": {"state": state.value, "closed_at": at}, "$unset": {"open_in": ""}}


def _change(db: Db, key: Document, change: Document) -> bool:
    return db[NAME].update_one(key, change).matched_count == 1
