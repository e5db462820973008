"""A curriculum file becomes a cohort, or changes one; what leaves it is archived, never deleted."""

from datetime import datetime

from tracker.curricula.file import CurriculumFile
from tracker.curricula.planning import Change, StoredCurriculum, plan_for
from tracker.curricula.reading import decode, read_curriculum
from tracker.documents import cohorts
from tracker.documents.schema import Db
from tracker.errors import Conflict
from tracker.models import PersonId
from tracker.use_cases.changing_curricula import change_curriculum, finish_change, stored_in

__all__ = ["Change", "decode", "import_curriculum", "read_curriculum"]

TRIES = 10


def import_curriculum(
    db: Db, file: CurriculumFile, *, by: PersonId | None, at: datetime, dry_run: bool = False
) -> list[Change]:
    """Make the cohort equal to the file and return what that changes; nothing if it is so already.

    Raises Taken("slug") if another import made a lesson at the same moment, Conflict if others
    keep changing the same curriculum: run it again.
    """
    actor = by or PersonId("system")
    cohort = cohorts.find_by_slug(db, file.cohort.slug)
    first = plan_for(file, stored_in(db, cohort) if cohort else StoredCurriculum())
    if dry_run:
        return list(first.changes)
    if cohort is None:
        cohort = cohorts.put(db, slug=file.cohort.slug, **first.cohort)
    for _ in range(TRIES):
        if finish_change(db, cohort):
            cohort = cohorts.get(db, cohort.id)
            continue
        changes = plan_for(file, stored_in(db, cohort)).changes
        if cohort.curriculum_version == 0:
            changes = first.changes
        elif not (changes or cohorts.is_curriculum_pending(db, cohort.id)):
            return []
        try:
            change_curriculum(db, cohort, file, what="imported", by=actor, at=at)
        except Conflict:
            cohort = cohorts.get(db, cohort.id)
            continue
        return list(changes)
    raise Conflict
