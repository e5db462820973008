"""The queue for live help: one ticket each, the place kept, one coach each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import NOON, Cast
from tests.crashing import at_once
from tests.helping import (
    cast,
    learner,
    stands_in_queue,
)
from tracker.documents.schema import Db
from tracker.errors import Conflict, NotFound
from tracker.models import TicketState
from tracker.reports.help_queue import place_of, queue_of, waits_of
from tracker.use_cases.queueing import Step, Turn, step, turn

__all__ = ["cast"]


def test_one_open_ticket_each_and_the_place_is_kept_while_away(db: Db, cast: Cast) -> None:
    eve = learner(db, cast, "Eve")
    stands_in_queue(db, cast)
    stands_in_queue(db, cast, at=NOON + timedelta(minutes=9))
    stands_in_queue(db, cast, eve, at=NOON + timedelta(minutes=5))
    assert [ticket.name for ticket in queue_of(db, cast.ai7)] == ["Ada", "Eve"]
    step(db, cast.ada_place, Step.AWAY, at=NOON)
    place = place_of(db, cast.ai7, eve[1])
    assert place is not None
    assert place.number == 2
    step(db, cast.ada_place, Step.BACK, at=NOON)
    place = place_of(db, cast.ai7, cast.ada_place)
    assert place is not None
    assert (place.number, place.ticket.state) == (1, TicketState.WAITING)
    step(db, cast.ada_place, Step.LEAVE, at=NOON)
    assert place_of(db, cast.ai7, cast.ada_place) is None
    stands_in_queue(db, cast, at=NOON + timedelta(minutes=20))
    assert [ticket.name for ticket in queue_of(db, cast.ai7)] == ["Eve", "Ada"]
    with pytest.raises(Conflict):
        step(db, cast.ada_place, Step.BACK, at=NOON)


def test_two_coaches_cannot_take_the_same_learner(db: Db, cast: Cast) -> None:
    ticket = stands_in_queue(db, cast)
    refused = []

    def take(name: str) -> None:
        try:
            turn(db, cast.reader(name), ticket, Turn.TAKE, at=NOON + timedelta(minutes=4))
        except Conflict:
            refused.append(name)

    at_once([lambda: take("ben"), lambda: take("dana")])
    assert len(refused) == 1
    (taken,) = queue_of(db, cast.ai7)
    assert taken.helper is not None
    assert taken.helper.name.lower() not in refused


def test_who_is_put_back_stands_where_they_stood(db: Db, cast: Cast) -> None:
    ticket = stands_in_queue(db, cast)
    stands_in_queue(db, cast, learner(db, cast, "Eve"), at=NOON + timedelta(minutes=1))
    ben = cast.reader("ben")
    turn(db, ben, ticket, Turn.TAKE, at=NOON + timedelta(minutes=2))
    turn(db, ben, ticket, Turn.GIVE_BACK, at=NOON + timedelta(minutes=3))
    assert [each.name for each in queue_of(db, cast.ai7)] == ["Ada", "Eve"]
    turn(db, ben, ticket, Turn.TAKE, at=NOON + timedelta(minutes=4))
    turn(db, ben, ticket, Turn.DONE, at=NOON + timedelta(minutes=9))
    with pytest.raises(Conflict):
        turn(db, ben, ticket, Turn.TAKE, at=NOON)
    waits = waits_of(db, cast.ai7, now=NOON + timedelta(days=1))
    assert (waits.taken, waits.half, waits.most) == (1, 240.0, 240.0)


def test_a_ticket_of_another_cohort_does_not_exist(db: Db, cast: Cast) -> None:
    ticket = stands_in_queue(db, cast, (cast.cleo, cast.cleo_place))
    with pytest.raises(NotFound):
        turn(db, cast.reader("ben"), ticket, Turn.TAKE, at=NOON)
