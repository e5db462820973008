"""Staff look after learners: they set the rules, say whom they contacted, take someone over."""

from datetime import date, datetime, timedelta

from tracker.documents import activity, attention
from tracker.documents.schema import Db
from tracker.models import EnrolmentId, Reader
from tracker.rules.attention import Contact, Reason, Rule, Rules
from tracker.use_cases.settling import settle_attention


def change_rules(db: Db, reader: Reader, old: Rules, new: Rules, *, at: datetime) -> None:
    """Set the rules over the revision that `new` carries; tell each one that changed.

    Raises Conflict, and writes nothing, if another change came first.
    """
    attention.set_rules(db, reader.cohort.id, new)
    settle_attention(db, reader.cohort.id)
    for name in ("silent_days", "stuck_days", "behind_lessons", "falling_by", "snooze_days"):
        if getattr(old, name) != getattr(new, name):
            _tell(db, reader, "set", f"rule:{name}:{getattr(new, name):g}", at=at)
    for rule in sorted(old.off ^ new.off):
        verb = "switched off" if rule in new.off else "switched on"
        _tell(db, reader, verb, f"rule:{rule}", at=at)


def contact(
    db: Db,
    reader: Reader,
    learner: EnrolmentId,
    reason: Reason,
    *,
    days: int,
    today: date,
    at: datetime,
) -> bool:
    """Say that the learner was contacted: the row is hidden for some days.

    Tells False, and writes nothing, if someone of the staff was faster.
    """
    new = Contact(reader.person.name, at, today + timedelta(days=days), reason.reach)
    done = attention.add_contact(db, reader.cohort.id, learner, reason.rule, new, today=today)
    if done:
        _settle_and_tell(db, reader, "contacted", f"learner:{learner}:{reason.rule}", at=at)
    return done


def undo_contact(
    db: Db, reader: Reader, learner: EnrolmentId, rule: Rule, *, made: int, at: datetime
) -> bool:
    """Bring back a row that the contact made then (milliseconds) hides; tell if there was one."""
    done = attention.remove_contact(db, reader.cohort.id, learner, rule, made=made)
    if done:
        _settle_and_tell(db, reader, "took back", f"contact:{learner}:{rule}", at=at)
    return done


def take_over(db: Db, reader: Reader, learner: EnrolmentId, *, at: datetime) -> bool:
    """Look after the learner in the coach's place; tell False if someone has taken them."""
    done = attention.take(db, reader.cohort.id, learner, reader.person.name)
    if done:
        _settle_and_tell(db, reader, "took over", f"learner:{learner}", at=at)
    return done


def give_back(db: Db, reader: Reader, learner: EnrolmentId, *, at: datetime) -> bool:
    """Leave the learner to their coach again; tell False if nobody had taken them."""
    done = attention.give_back(db, reader.cohort.id, learner)
    if done:
        _settle_and_tell(db, reader, "gave back", f"learner:{learner}", at=at)
    return done


def _settle_and_tell(db: Db, reader: Reader, verb: str, subject: str, *, at: datetime) -> None:
    settle_attention(db, reader.cohort.id)
    _tell(db, reader, verb, subject, at=at)


def _tell(db: Db, reader: Reader, verb: str, subject: str, *, at: datetime) -> None:
    activity.add(db, verb, subject, cohort_id=reader.cohort.id, by=reader.person.id, at=at)
