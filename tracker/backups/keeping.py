"""Names of backups, and which of them are kept."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timezone

from tracker.errors import Invalid

STAMP = "%Y%m%dT%H%M%SZ"
ENDING = ".didim"
NAME = re.compile(r"(?P<database>.+)-(?P<stamp>\d{8}T\d{6}Z)\.didim")
DATABASE = re.compile(r"[A-Za-z0-9_-]{1,60}")


@dataclass(frozen=True)
class Keep:
    """How many are kept: the newest of each of so many days, weeks and months that have one."""

    days: int
    weeks: int
    months: int


def keep_from(text: str) -> Keep | None:
    """Return what "7,4,6" says; None for "all". Raises Invalid."""
    if text.strip() == "all":
        return None
    numbers = [number.strip() for number in text.split(",")]
    if len(numbers) != 3 or not all(re.fullmatch(r"\d{1,4}", number) for number in numbers):
        raise Invalid(
            ["BACKUP_KEEP is three numbers, days, weeks and months, such as 7,4,6; or all"]
        )
    return Keep(*map(int, numbers))


def name_for(database: str, at: datetime) -> str:
    """Return the file name of a backup: database and moment in UTC, to the second."""
    return f"{database}-{at.astimezone(timezone.utc).strftime(STAMP)}{ENDING}"


def made_at(name: str, database: str) -> datetime | None:
    """Return when a backup of this database was begun; None for any other file."""
    found = NAME.fullmatch(name)
    if found is None or found["database"] != database:
        return None
    try:
        return datetime.strptime(found["stamp"], STAMP).replace(tzinfo=timezone.utc)
    except ValueError:
        return None


def not_kept(names: Iterable[str], database: str, keep: Keep) -> list[str]:
    """Return the backups of the database that go; the newest never does, nor any other file."""
    times = {name: at for name in names if (at := made_at(name, database))}
    newest_first = sorted(times, key=lambda name: times[name], reverse=True)
    spans: tuple[tuple[int, Callable[[datetime], object]], ...] = (
        (keep.days, lambda at: at.date()),
        (keep.weeks, lambda at: at.isocalendar()[:2]),
        (keep.months, lambda at: (at.year, at.month)),
    )
    kept = set(newest_first[:1])
    for most, span_of in spans:
        newest_of: dict[object, str] = {}
        for name in newest_first:
            newest_of.setdefault(span_of(times[name]), name)
        kept.update(list(newest_of.values())[:most])
    return [name for name in newest_first if name not in kept]
