"""Brings a backup into an empty database, and the copy to a state that is whole.

The file is proven before the first write. A restore that was cut off is done again over itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tracker.backups.container import read_backup, read_header
from tracker.documents import activity, cohorts, copying, lesson_logs, log_revisions, preparing
from tracker.documents.schema import Db
from tracker.models import LogId
from tracker.use_cases.backing_up import prove
from tracker.use_cases.checking import check
from tracker.use_cases.migrating import migrate

MARGIN = timedelta(days=1)
"""How far the clocks of servers may differ; more costs time alone."""
LEAP = 100_000
"""Raises a cohort's version beyond those that browsers saw after the backup."""


@dataclass(frozen=True)
class Restored:
    """What came back: documents by collection, how many were left out, what `check` still says."""

    counts: dict[str, int]
    left_out: int
    problems: list[str]


def restore(db: Db, path: Path, *, key: bytes | None) -> Restored:
    """Restore the file into an empty database. Raises Invalid; a bad file before any write."""
    counts = prove(path, key)
    with path.open("rb") as file, copying.told(db):
        header = read_header(file)
        copying.begin_restore(db, header.id)
        preparing.prepare(db)
        file.seek(0)
        left_out = sum(copying.write(db, *part) for part in read_backup(file, key) if part[1])
        migrate(db)
        _make_whole(db, since=header.began_at - MARGIN)
        problems = [str(problem) for problem in check(db, repair=True)]
        copying.end_restore(db)
    return Restored(counts, left_out, problems)


def _make_whole(db: Db, *, since: datetime) -> None:
    """Do what `check --repair` does not: it knows nothing of a copy that took its time."""
    _forget_later_saves(db, since)
    for cohort_id in cohorts.list_ids(db):
        copying.owe_statuses(db, cohort_id, since)
    cohorts.raise_versions(db, LEAP)


def _forget_later_saves(db: Db, since: datetime) -> None:
    """Remove the history of saves that came after their log was copied.

    It was read later than the logs. The next save of such a log would find its own revision
    there already, with the words of one that is lost.
    """
    kept = log_revisions.list_since(db, since)
    told = [(key, *_deed(key)) for key in activity.keys_since(db, "log:", since)]
    ids = {log_id for _, log_id, _ in kept} | {log_id for _, log_id, _, _ in told}
    counters = lesson_logs.counters_of(db, sorted(ids))
    nothing = (0, 0)
    log_revisions.remove(
        db, [key for key, log_id, number in kept if number >= counters.get(log_id, nothing)[0]]
    )
    activity.remove(
        db,
        [
            key
            for key, log_id, number, which in told
            if number > counters.get(log_id, nothing)[which]
        ],
    )


def _deed(key: str) -> tuple[LogId, int, int]:
    """Return of a key such as "log:65f…:3" or "log:65f…:done:1" log, number, and which counter."""
    _, log_id, *rest = key.split(":")
    return LogId(log_id), int(rest[-1]), int(rest[0] == "done")
