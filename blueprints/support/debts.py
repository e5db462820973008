"""What was begun in a cohort and cut off is finished by whoever opens one of its pages next."""

from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from time import monotonic

from blueprints.support.database import get_db
from tracker.documents.schema import Db
from tracker.models import Cohort, CohortId, Reader
from tracker.reports.membership import cohort_again
from tracker.use_cases.catching_up import catch_up
from tracker.use_cases.changing_curricula import finish_change

LOOK_SECONDS = 5.0

_looked_at: dict[CohortId, float] = {}
_lock = Lock()


def caught_up(reader: Reader) -> Reader:
    """Return the reader in the cohort as it is when nothing is owed.

    A process looks for debts at most once in LOOK_SECONDS: some indexed reads that find nothing.
    """
    return _after(catch_up, reader) if _is_due(reader.cohort.id) else reader


def with_whole_curriculum(reader: Reader) -> Reader:
    """Return the reader in the cohort as it is when no change of its curriculum is under way.

    Whoever is about to change it looks each time: one indexed read.
    """
    return _after(finish_change, reader)


def _after(finish: Callable[[Db, Cohort], bool], reader: Reader) -> Reader:
    """Return the reader in the cohort as it is after something was finished there."""
    if not finish(get_db(), reader.cohort):
        return reader
    return replace(reader, cohort=cohort_again(get_db(), reader.cohort))


def _is_due(cohort_id: CohortId) -> bool:
    now = monotonic()
    with _lock:
        due = now - _looked_at.get(cohort_id, -LOOK_SECONDS) >= LOOK_SECONDS
        if due:
            _looked_at[cohort_id] = now
    return due
