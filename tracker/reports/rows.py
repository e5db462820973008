"""The learners' rows of figures. A process reads a bucket of them once for each of its versions."""

from itertools import chain

from tracker.documents import marks
from tracker.documents.schema import Db
from tracker.models import Cohort, CohortId, Row
from tracker.reports.kept import Kept

_buckets: Kept[tuple[CohortId, int], int, list[Row]] = Kept(most=500)


def rows_of(db: Db, cohort: Cohort) -> list[Row]:
    """Return every row of the cohort, which was just read; what learners said is left out.

    One query if a bucket has changed since, else none.
    """
    buckets = {
        number: _buckets.find((cohort.id, number), version)
        for number, version in cohort.bucket_versions.items()
    }
    changed = [number for number, rows in buckets.items() if rows is None]
    if changed:
        read = marks.list_buckets(db, cohort.id, changed)
        for number in changed:
            buckets[number] = rows = read.get(number, [])
            _buckets.put((cohort.id, number), cohort.bucket_versions[number], rows)
    return list(chain.from_iterable(rows for rows in buckets.values() if rows))
