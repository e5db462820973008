"""Changes of what is stored, in the order of their numbers; each is made once.

A migration's `run` changes a batch and yields, over and over. Between any two batches it may be
killed and, later, begun anew by another process: so each batch must bear being done twice, beside
people who work and beside code of the version before.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tracker.documents.schema import Db
from tracker.migrations import m0001_journals, m0002_fingerprints


@dataclass(frozen=True)
class Migration:
    """Its name stays for ever: databases remember it."""

    name: str
    run: Callable[[Db], Iterator[None]]


MIGRATIONS = (
    Migration("0001_journals", m0001_journals.run),
    Migration("0002_fingerprints", m0002_fingerprints.run),
)
