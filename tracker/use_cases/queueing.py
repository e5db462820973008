"""The queue for live help: learners stand in it, coaches take them out."""

from datetime import datetime

from tracker.documents import help_queue
from tracker.documents.schema import Db
from tracker.errors import Conflict
from tracker.models import Enrolment, Person, Reader, Ticket, TicketId, TicketState, Word
from tracker.use_cases.answering_help import owner_of


class Step(Word):
    """What a learner does with their ticket."""

    AWAY = "away"
    BACK = "back"
    LEAVE = "leave"


class Turn(Word):
    """What staff do with a learner's ticket."""

    TAKE = "take"
    GIVE_BACK = "give_back"
    DONE = "done"


def stand(
    db: Db, enrolment: Enrolment, person: Person, ticket_id: TicketId, topic: str, *, at: datetime
) -> None:
    """Stand at the end of the queue; who stands in it already keeps their place."""
    help_queue.add(
        db,
        Ticket(
            id=ticket_id,
            cohort_id=enrolment.cohort_id,
            enrolment_id=enrolment.id,
            name=person.name,
            topic=topic,
            state=TicketState.WAITING,
            created_at=at,
        ),
    )


def step(db: Db, enrolment: Enrolment, what: Step, *, at: datetime) -> None:
    """Change the learner's own ticket. Raises Conflict if it is no longer as they saw it."""
    if what is Step.LEAVE:
        done = help_queue.leave(db, enrolment.id, enrolment.cohort_id, at=at)
    else:
        done = help_queue.set_away(db, enrolment.id, enrolment.cohort_id, away=what is Step.AWAY)
    if not done:
        raise Conflict


def turn(db: Db, reader: Reader, ticket_id: TicketId, what: Turn, *, at: datetime) -> None:
    """Take a learner out of the queue, put them back, or end their turn.

    Raises NotFound for a ticket of another cohort, Conflict if a colleague was quicker.
    """
    cohort_id = help_queue.get(db, reader.cohort.id, ticket_id).cohort_id
    if what is Turn.TAKE:
        done = help_queue.take(db, cohort_id, ticket_id, owner_of(reader), at=at)
    elif what is Turn.GIVE_BACK:
        done = help_queue.give_back(db, cohort_id, ticket_id)
    else:
        done = help_queue.close(db, cohort_id, ticket_id, at=at)
    if not done:
        raise Conflict
