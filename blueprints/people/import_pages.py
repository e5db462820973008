"""What the templates of imports are given."""

from collections import Counter
from dataclasses import dataclass

from blueprints.people.roster_words import ACTION_WORDS, STATE_WORDS, problem_words
from blueprints.support.words import ROLE_WORDS, STATUS_WORDS
from tracker.models import ImportRow, PeopleImport, Reader, Role, Status
from tracker.rosters.reading import Problem
from tracker.use_cases.importing_people import GIVES_A_PLACE

PROBLEMS_SHOWN = 100


@dataclass(frozen=True)
class ImportsPage:
    """The imports of a cohort, and what is wrong with the file that was just given."""

    reader: Reader
    imports: list[PeopleImport]
    problem: str = ""
    problems: tuple[Problem, ...] = ()
    file_name: str = ""

    @property
    def shown(self) -> list[tuple[int, str]]:
        """Return the first problems: the line, and what is wrong there."""
        return [
            (each.line, problem_words(each.field, each.kind, each.value))
            for each in self.problems[:PROBLEMS_SHOWN]
        ]

    def state_of(self, batch: PeopleImport) -> str:
        return str(STATE_WORDS[batch.state])


@dataclass(frozen=True)
class ImportPage:
    """One import, line by line."""

    reader: Reader
    batch: PeopleImport

    @property
    def state(self) -> str:
        return str(STATE_WORDS[self.batch.state])

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Return how many lines mean what, in words."""
        counted = Counter(row.action for row in self.batch.rows)
        return [(str(ACTION_WORDS[each]), counted[each]) for each in ACTION_WORDS if counted[each]]

    @property
    def changes_nothing(self) -> bool:
        return all(row.action == "same" for row in self.batch.rows)

    @property
    def gives_links(self) -> bool:
        gives = any(row.action in GIVES_A_PLACE for row in self.batch.rows)
        return gives and self.batch.state == "applied" and self.batch.links_at is None

    @property
    def kept(self) -> list[ImportRow]:
        """Return the lines that an undo left as they are."""
        return [row for row in self.batch.rows if row.line in self.batch.kept]

    def action_of(self, row: ImportRow) -> str:
        return str(ACTION_WORDS[row.action])

    def role_of(self, row: ImportRow) -> str:
        """Return the role in a word, with the one before where it changes."""
        if row.role is None:
            return str(ROLE_WORDS[Role.LEARNER]) if row.action in GIVES_A_PLACE else ""
        before = row.before.role if row.before and row.before.role != row.role else ""
        return _change(str(ROLE_WORDS[Role(before)]) if before else "", ROLE_WORDS[Role(row.role)])

    def status_of(self, row: ImportRow) -> str:
        """Return the status in a word, with the one before where it changes."""
        status = row.gives or row.status
        if status is None:
            return ""
        before = row.before.status if row.before and row.before.status != status else ""
        words = str(STATUS_WORDS[Status(before)]) if before else ""
        return _change(words, STATUS_WORDS[Status(status)])


def _change(before: str, after: object) -> str:
    return f"{before} → {after}" if before else str(after)
