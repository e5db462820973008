"""Mini-projects and capstones; a cohort numbers them from 1."""

from datetime import date

from pymongo import ASCENDING, IndexModel

from tracker.documents.curriculum_part import archive_parts, put_part
from tracker.documents.schema import (
    DAY,
    FLAG,
    KEY,
    Db,
    Document,
    day_from,
    many,
    record,
    text,
    whole,
    word,
)
from tracker.models import CohortId, Project, ProjectId, ProjectKind

NAME = "projects"
INDEXES = [
    # A project keeps its key over every import; serves the curriculum of a cohort.
    IndexModel(
        [("cohort_id", ASCENDING), ("key", ASCENDING)], name="one_project_per_key", unique=True
    ),
]
SCHEMA = record(
    {
        "_id": KEY,
        "cohort_id": KEY,
        "key": text(80, least=1),
        "number": whole(1, 999),
        "kind": word(ProjectKind),
        "step_number": whole(0, 99),
        "title": text(200, least=1),
        "brief": text(20_000),
        "starts_on": DAY,
        "ends_on": DAY,
        "deliverables": many(text(300), most=30),
        "archived": FLAG,
    },
    {"changed_in": whole(0)},
)


def project_from(document: Document) -> Project:
    return Project(
        id=ProjectId(document["_id"]),
        key=document["key"],
        number=document["number"],
        kind=ProjectKind(document["kind"]),
        step_number=document["step_number"],
        title=document["title"],
        brief=document["brief"],
        starts_on=day_from(document["starts_on"]),
        ends_on=day_from(document["ends_on"]),
        deliverables=tuple(document["deliverables"]),
        archived=document["archived"],
    )


def put(
    db: Db,
    cohort_id: CohortId,
    *,
    key: str,
    number: int,
    kind: ProjectKind,
    step_number: int,
    title: str,
    brief: str,
    starts_on: date,
    ends_on: date,
    deliverables: list[str],
    version: int = 0,
) -> None:
    """Create the project with this key, or set what is named here; it is no longer archived."""
    values = {
        "number": number,
        "kind": kind.value,
        "step_number": step_number,
        "title": title,
        "brief": brief,
        "starts_on": starts_on.isoformat(),
        "ends_on": ends_on.isoformat(),
        "deliverables": deliverables,
    }
    put_part(db, NAME, cohort_id, key, values, version=version)


def list_for_cohort(db: Db, cohort_id: CohortId) -> list[Project]:
    """Return the cohort's projects, archived ones too, in time order."""
    found = db[NAME].find({"cohort_id": cohort_id})
    return sorted(map(project_from, found), key=lambda project: (project.starts_on, project.number))


def archive(db: Db, cohort_id: CohortId, keys: list[str], *, version: int = 0) -> None:
    archive_parts(db, NAME, cohort_id, keys, version=version)
