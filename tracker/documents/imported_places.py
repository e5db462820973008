"""Places as the import that made or changed them sees them.

An undo closes each of its places to the import (`undone_import`): whoever is still applying it,
and does not know yet, changes nothing there any more.
"""

from tracker.documents.enrolments import NAME, enrolment_from, open_to
from tracker.documents.schema import Db, batches
from tracker.models import Enrolment, EnrolmentId, ImportId


def list_of_import(db: Db, import_id: ImportId) -> list[Enrolment]:
    """Return the places that the import made, or gave again."""
    return [enrolment_from(found) for found in db[NAME].find({"import_id": import_id})]


def set_import(db: Db, ids: list[EnrolmentId], import_id: ImportId) -> None:
    """Say that this import gave places again that were taken back."""
    for batch in batches(ids):
        key = {"_id": {"$in": batch}, **open_to(import_id)}
        db[NAME].update_many(key, {"$set": {"import_id": import_id}})


def close_to(db: Db, ids: list[EnrolmentId], import_id: ImportId) -> None:
    """Let the import, which is being undone, change these places no more."""
    for batch in batches(ids):
        db[NAME].update_many({"_id": {"$in": batch}}, {"$set": {"undone_import": import_id}})
