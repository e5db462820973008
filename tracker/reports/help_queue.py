"""The queue for live help: whole for staff, one's own place alone for learners."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.documents import help_queue
from tracker.documents.schema import Db
from tracker.models import Cohort, Enrolment, Ticket, TicketState
from tracker.rules.helping import percentile

WAITS_DAYS = 14


@dataclass(frozen=True)
class Place:
    """A learner's own ticket; `number` counts from 1 those who are not taken yet, 0: taken."""

    ticket: Ticket
    number: int


@dataclass(frozen=True)
class Waits:
    """How long those waited who were taken in the last WAITS_DAYS days, in seconds."""

    taken: int
    half: float | None
    most: float | None


def queue_of(db: Db, cohort: Cohort) -> list[Ticket]:
    """Return the open tickets of the cohort, in the order of asking."""
    return help_queue.list_open(db, cohort.id)


def place_of(db: Db, cohort: Cohort, enrolment: Enrolment) -> Place | None:
    """Return where the learner stands in the queue; None if they do not."""
    number = 0
    for ticket in queue_of(db, cohort):
        number += ticket.state is not TicketState.TAKEN
        if ticket.enrolment_id == enrolment.id:
            return Place(ticket, 0 if ticket.state is TicketState.TAKEN else number)
    return None


def waits_of(db: Db, cohort: Cohort, *, now: datetime) -> Waits:
    """Return the waits of the last days: the median, and what nine of ten did not exceed."""
    seconds = help_queue.list_waits(db, cohort.id, since=now - timedelta(days=WAITS_DAYS))
    return Waits(len(seconds), percentile(seconds, 0.5), percentile(seconds, 0.9))
