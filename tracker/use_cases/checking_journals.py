"""Proves that every learner's journal equals their records."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial

from tracker.documents import journals, preparing, retrospectives
from tracker.documents.schema import Db
from tracker.models import Enrolment, EnrolmentId, Journal, LessonId, LessonLog, LogSummary

Finding = tuple[str, Callable[[Db], object]]
Journals = dict[EnrolmentId, Journal]


def wrong_journals(
    db: Db, places: list[Enrolment], logs: list[LessonLog], there: Journals
) -> Iterator[Finding]:
    """Yield every journal of these places that differs from its records, and how to mend it.

    `logs` are all that they have, read after the journals that are `there`.
    """
    summaries: defaultdict[EnrolmentId, dict[LessonId, LogSummary]] = defaultdict(dict)
    for log in logs:
        summaries[log.enrolment_id][log.lesson_id] = log.summary
    steps = retrospectives.list_steps(db, [place.id for place in places])
    for place in places:
        expected = Journal(summaries[place.id], frozenset(steps.get(place.id, ())))
        if there.get(place.id, Journal()) != expected:
            mend = partial(build_journal, place=place)
            yield f"enrolment {place.id}: its journal differs from its records", mend


def journals_of_nobody(there: Journals, places: list[Enrolment]) -> Iterator[Finding]:
    """Yield the journals that belong to none of the cohort's places."""
    for nobody in there.keys() - {place.id for place in places}:
        mend = partial(journals.remove, enrolment_id=nobody)
        yield f"journal {nobody}: it is nobody's", mend


def build_journal(db: Db, place: Enrolment) -> None:
    """Build a journal anew; the records are read once it is gone, so that none is missed."""
    journals.remove(db, place.id)
    preparing.fill_journals(db, [place])
