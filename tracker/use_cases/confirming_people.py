"""An import of people goes from draft to applied, and from applied to undone.

Each step is a state of the import, and each of its writes can be done again: whoever looks at an
import next finishes what was cut off. An undo begins only where applying has ended; who was still
applying when another finished and undid it finds every place closed to them.
"""

from datetime import datetime

from tracker.clock import utc_now
from tracker.documents import activity, cohorts, people_imports
from tracker.documents.schema import Db
from tracker.errors import Conflict
from tracker.models import Cohort, PeopleImport, PersonId
from tracker.use_cases.importing_people import give_places, import_for, planned_again
from tracker.use_cases.undoing_people import take_back


def apply_import(
    db: Db, cohort: Cohort, draft: PeopleImport, *, by: PersonId, at: datetime
) -> PeopleImport:
    """Enrol the people of a draft; return the import as it is then.

    `by` confirms it, whoever brought the file: it is their deed, and their place is not changed.

    What each line means is looked up once more. Raises Invalid if one no longer can be done.
    """
    rows = planned_again(db, cohort, draft, by=by)
    if not people_imports.begin(db, draft.id, rows, by=by):
        raise Conflict
    return finish_import(db, cohort, import_for(db, cohort, draft.id), at=at)


def undo_import(
    db: Db, cohort: Cohort, done: PeopleImport, *, by: PersonId, at: datetime
) -> PeopleImport:
    """Take an import back as far as nobody has worked on it; safe to do again."""
    if done.state == "applying":
        finish_import(db, cohort, done, at=at)
    people_imports.begin_undo(db, done.id, by=by)
    return finish_import(db, cohort, import_for(db, cohort, done.id), at=at)


def finish_import(db: Db, cohort: Cohort, begun: PeopleImport, *, at: datetime) -> PeopleImport:
    """Finish an import, or its undo, that was cut off."""
    if begun.state == "applying":
        _apply(db, cohort, begun, at=at)
    elif begun.state == "undoing":
        _undo(db, cohort, begun, at=at)
    else:
        return begun
    return import_for(db, cohort, begun.id)


def finish_all_imports(db: Db) -> None:
    """Finish what was cut off in any cohort (for `check --repair`)."""
    for begun in people_imports.list_unfinished(db):
        cohort = cohorts.get(db, begun.cohort_id)
        finish_import(db, cohort, import_for(db, cohort, begun.id), at=utc_now())


def _apply(db: Db, cohort: Cohort, begun: PeopleImport, *, at: datetime) -> None:
    give_places(db, cohort, begun, at=at)
    subject, key = f"import:{begun.id}", f"import:{begun.id}:applied"
    by = begun.given_by
    activity.add(db, "imported_people", subject, cohort_id=cohort.id, by=by, at=at, key=key)
    people_imports.set_state(db, begun.id, "applied", was="applying")


def _undo(db: Db, cohort: Cohort, done: PeopleImport, *, at: datetime) -> None:
    by = done.undone_by or done.given_by
    take_back(db, cohort.id, done, by=by, at=at)
    subject, key = f"import:{done.id}", f"import:{done.id}:undone"
    activity.add(db, "undid_people_import", subject, cohort_id=cohort.id, by=by, at=at, key=key)
    people_imports.set_state(db, done.id, "undone", was="undoing")
