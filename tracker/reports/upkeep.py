"""How the records are kept: what is owed, what is to be migrated, what the last check found."""

from dataclasses import dataclass
from datetime import datetime

from pymongo.errors import PyMongoError

from tracker.documents import (
    enrolments,
    help_requests,
    jobs_done,
    lesson_logs,
    problems,
    retrospectives,
)
from tracker.documents.jobs_done import CHECK, JobDone
from tracker.documents.schema import Db
from tracker.migrations import MIGRATIONS

MOST = 1_000
OWING = (lesson_logs, retrospectives, enrolments, help_requests, problems)
OWED = {"owed_to": {"$gt": ""}}  # by the index; `$exists` would read the whole collection


@dataclass(frozen=True)
class Upkeep:
    """`debts`: how many documents of a collection owe figures, MOST at most.

    `oldest`: when the oldest of them was saved, of those that say so (logs and looks back).
    """

    debts: dict[str, int]
    oldest: datetime | None
    pending: int
    last_check: JobDone | None


def find_upkeep(db: Db) -> Upkeep | None:
    """Return how the records are kept, by six reads; None if the database does not answer."""
    try:
        done = jobs_done.find_all(db)
        owing = {
            module.NAME: list(db[module.NAME].find(OWED, {"updated_at": 1}).limit(MOST))
            for module in OWING
        }
    except PyMongoError:
        return None
    saved = [each["updated_at"] for found in owing.values() for each in found if len(each) > 1]
    return Upkeep(
        debts={name: len(found) for name, found in owing.items()},
        oldest=min(saved, default=None),
        pending=sum(migration.name not in done for migration in MIGRATIONS),
        last_check=done.get(CHECK),
    )
