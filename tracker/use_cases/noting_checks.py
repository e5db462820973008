"""Checks, and notes when that was and what it found, for those who watch over the figures."""

import time

from tracker.clock import utc_now
from tracker.documents import jobs_done
from tracker.documents.jobs_done import CHECK, JobDone
from tracker.documents.schema import Db
from tracker.use_cases.checking import Problem, check
from tracker.use_cases.migrating import machine


def check_and_note(db: Db, *, repair: bool = False) -> list[Problem]:
    """Return what does not hold (see check), and note how much that is."""
    began = time.monotonic()
    found = check(db, repair=repair)
    seconds = time.monotonic() - began
    jobs_done.keep(db, JobDone(CHECK, utc_now(), seconds, machine(), len(found)))
    return found
