"""Jobs that one instance of all does once a day: whose timer comes first."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from tracker.clock import utc_now
from tracker.documents import leases
from tracker.documents.schema import Db
from tracker.use_cases.migrating import process

EVERY = timedelta(hours=20)
"""How long the lease of such a job is: one a day, though timers are some hours late."""


@contextmanager
def of_the_day(db: Db, job: str) -> Iterator[bool]:
    """Give whether it falls to this process to do the job.

    The lease keeps the others from it until it is over, even once the job is done; if the block
    raises, another may do it.
    """
    owner, now = process(), utc_now()
    ours = leases.take(db, job, owner, now=now, until=now + EVERY)
    try:
        yield ours
    except BaseException:
        leases.free(db, job, owner)
        raise
