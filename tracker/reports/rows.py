"""The learners' rows of figures. A process reads a bucket of them once for each of its versions."""

from itertools import chain

from tracker.documents import marks
from tracker.documents.schema import Db
from tracker.models import Cohort, CohortId, Row
from tracker.reports.kept import Kept

_buckets: Kept[tuple[CohortId, int], int, list[Row]] = Kept(most=500)


def rows_of(db: Db, cohort: Cohort) -> list[Row]:
    """Return every row of the cohort, which was just read; of what was said, understanding alone.

    One query if a bucket has changed since, else none.
    """
    return rows_of_each(db, [cohort])[cohort.id]


def rows_of_each(db: Db, cohorts: list[Cohort]) -> dict[CohortId, list[Row]]:
    """Return such rows of several cohorts; a query for each 100 buckets that have changed."""
    versions = {
        (cohort.id, number): version
        for cohort in cohorts
        for number, version in cohort.bucket_versions.items()
    }
    buckets = {key: _buckets.find(key, version) for key, version in versions.items()}
    changed = [key for key, rows in buckets.items() if rows is None]
    for key, rows in (marks.list_buckets(db, changed) if changed else {}).items():
        buckets[key] = rows
        _buckets.put(key, versions[key], rows)
    return {
        cohort.id: list(
            chain.from_iterable(buckets[cohort.id, n] or () for n in cohort.bucket_versions)
        )
        for cohort in cohorts
    }


def rows_with_said(db: Db, cohort: Cohort) -> list[Row]:
    """Return the same rows with all that was said: four times the bytes, and nothing is kept."""
    keys = [(cohort.id, number) for number in cohort.bucket_versions]
    return list(chain.from_iterable(marks.list_buckets(db, keys, said=True).values()))
