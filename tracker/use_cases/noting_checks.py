"""Checks, and notes when that was and what it found, for those who watch over the figures."""

import time
from datetime import timedelta

from tracker.clock import utc_now
from tracker.documents import jobs_done, leases
from tracker.documents.jobs_done import CHECK, JobDone
from tracker.documents.schema import Db
from tracker.use_cases.checking import Problem, check
from tracker.use_cases.migrating import machine, process

EVERY = timedelta(hours=20)
"""The lease of a scheduled check: one a day, though timers are some hours late."""


def check_and_note(db: Db, *, repair: bool = False) -> list[Problem]:
    """Return what does not hold (see check), and note how much that is."""
    began = time.monotonic()
    found = check(db, repair=repair)
    seconds = time.monotonic() - began
    jobs_done.keep(db, JobDone(CHECK, utc_now(), seconds, machine(), len(found)))
    return found


def is_check_due(db: Db) -> bool:
    """Tell whether it falls to this process to make the scheduled check of all instances.

    The lease is never given back: it keeps the others from checking until it is over.
    """
    now = utc_now()
    return leases.take(db, CHECK, process(), now=now, until=now + EVERY)
