"""Puts what was written before there were journals into them."""

from collections.abc import Iterator

from tracker.documents import cohorts, enrolments, preparing
from tracker.documents.schema import Db, batches


def run(db: Db) -> Iterator[None]:
    """Fill the journals of some learners at a time; a journal keeps what is newer."""
    for cohort_id in cohorts.list_ids(db):
        for places in batches(enrolments.list_for_cohort(db, cohort_id)):
            preparing.fill_journals(db, places)
            yield
