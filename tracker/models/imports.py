"""Imports of people, as they are stored: what a file said, and what became of each line."""

from dataclasses import dataclass
from datetime import datetime

from tracker.models.words import CohortId, ImportId, PersonId


@dataclass(frozen=True)
class Before:
    """What a place said before an import changed it; `coach` is the coach's place."""

    role: str
    status: str
    coach: str | None


@dataclass(frozen=True)
class ImportRow:
    """What a line asks for (None: it does not say), and what it means for the cohort.

    `action`: "new" (account and place), "join" (a place), "back" (a place that an undo took),
    "change" or "same". `gives` is the status that a place given by it has.
    """

    line: int
    name: str
    email: str
    role: str | None
    coach: str | None
    status: str | None
    action: str
    gives: str | None = None
    before: Before | None = None


@dataclass(frozen=True)
class PeopleImport:
    """One import; `kept` are the lines that an undo left, as their people had begun to work."""

    id: ImportId
    cohort_id: CohortId
    file_name: str
    state: str
    created_at: datetime
    created_by: PersonId
    rows: tuple[ImportRow, ...]
    kept: tuple[int, ...] = ()
    links_at: datetime | None = None
    confirmed_by: PersonId | None = None
    undone_by: PersonId | None = None

    @property
    def given_by(self) -> PersonId:
        """Whose deed it is that people got their places: who confirmed it."""
        return self.confirmed_by or self.created_by
