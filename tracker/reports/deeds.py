"""Who did what in a cohort, with the names that stand behind the ids."""

from dataclasses import dataclass
from datetime import datetime

from tracker.documents import activity, lesson_logs
from tracker.documents.schema import Db
from tracker.models import Cohort, Deed, EnrolmentId, Lesson, LogId, PersonId
from tracker.reports.membership import curriculum_of
from tracker.reports.people import Member

ABOUT_SOMEBODY = frozenset({"log", "enrolment", "learner", "contact"})
"""Kinds of subjects whose id leads to a place."""


@dataclass(frozen=True)
class Question:
    """Which deeds are asked for: from `since` up to `until`, of one person or one kind."""

    since: datetime
    until: datetime
    actor_id: PersonId | None = None
    verb: str = ""


@dataclass(frozen=True)
class DeedRow:
    """A deed, with who did it, whom it is about and which lesson, where these are known."""

    deed: Deed
    actor: Member | None
    about: Member | None
    lesson: Lesson | None


def deeds_of(
    db: Db, cohort: Cohort, members: list[Member], asked: Question, *, skip: int, most: int
) -> list[DeedRow]:
    """Return up to `most` deeds after the `skip` newest, the newest first."""
    newest = activity.list_newest(
        db,
        cohort.id,
        asked.since,
        asked.until,
        most=skip + most,
        actor_id=asked.actor_id,
        verb=asked.verb,
    )
    deeds = newest[skip:]
    ids = [LogId(deed.subject[4:]) for deed in deeds if deed.subject.startswith("log:")]
    logs = lesson_logs.places_of(db, list(dict.fromkeys(ids)))
    by_place = {one.place.id: one for one in members}
    by_person = {one.person.id: one for one in members}
    lessons = {lesson.id: lesson for lesson in curriculum_of(db, cohort).lessons}
    rows = []
    for deed in deeds:
        kind, key, *_ = f"{deed.subject}:".split(":")
        place_id, lesson_id = logs.get(LogId(key), (EnrolmentId(key), None))
        rows.append(
            DeedRow(
                deed=deed,
                actor=by_person.get(deed.actor_id),
                about=by_place.get(place_id) if kind in ABOUT_SOMEBODY else None,
                lesson=lessons.get(lesson_id) if lesson_id else None,
            )
        )
    return rows
