"""What a curriculum file may hold. The limits are those of the documents that it becomes."""

import re
import unicodedata
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tracker.models import CohortState, ProjectKind

SLUG = r"^[^\W_]+(-[^\W_]+)*$"
SLUG_MOST = 80

Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=SLUG_MOST)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Days = Annotated[tuple[date, ...], Field(max_length=400)]


class Part(BaseModel):
    """A part of the file: exact types, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DatedPart(Part):
    """A part with a first and a last day."""

    starts_on: date
    ends_on: date


class CohortPart(DatedPart):
    """The cohort; without `state` a new one is active and an existing one stays as it is."""

    slug: Slug
    name: Title
    track: Annotated[str, StringConstraints(max_length=200)] = ""
    time_zone: str = "Asia/Seoul"
    holidays: Days = ()
    state: Annotated[CohortState, Field(strict=False)] | None = None


class LessonPart(DatedPart):
    """A lesson; its key is derived from the title where none is given."""

    title: Title
    key: Slug | None = None
    hours: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
    outline: Annotated[tuple[Line, ...], Field(max_length=60)] = ()

    @property
    def stable_key(self) -> str:
        """The key under which it is stored, for ever."""
        return self.key or slug_of(self.title)


class ProjectPart(DatedPart):
    """A project; its key is `project-<number>` where none is given."""

    number: Annotated[int, Field(ge=1, le=999)]
    kind: Annotated[ProjectKind, Field(strict=False)] = ProjectKind.MINI
    title: Title
    key: Slug | None = None
    brief: Annotated[str, StringConstraints(max_length=20_000)] = ""
    deliverables: Annotated[tuple[Line, ...], Field(max_length=30)] = ()

    @property
    def stable_key(self) -> str:
        """The key under which it is stored, for ever."""
        return self.key or f"project-{self.number}"


class StepPart(DatedPart):
    """A step with what belongs to it; its key is `step-<number>` where none is given."""

    number: Annotated[int, Field(ge=0, le=99)]
    title: Title
    key: Slug | None = None
    lessons: Annotated[tuple[LessonPart, ...], Field(max_length=1000)] = ()
    projects: Annotated[tuple[ProjectPart, ...], Field(max_length=100)] = ()

    @property
    def stable_key(self) -> str:
        """The key under which it is stored, for ever."""
        return self.key or f"step-{self.number}"


class CurriculumFile(Part):
    """A cohort with its steps, lessons and projects."""

    cohort: CohortPart
    steps: Annotated[tuple[StepPart, ...], Field(max_length=50)] = ()


PARTS: dict[str, type[Part]] = {
    "": CurriculumFile,
    "cohort": CohortPart,
    "steps": StepPart,
    "lessons": LessonPart,
    "projects": ProjectPart,
}
"""The part that stands below each key; "" is the file itself."""


def slug_of(title: str) -> str:
    """Return the title as it stands in an address: "SQL 기초!" becomes "sql-기초"."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", title).lower())
    return "-".join(words)[:SLUG_MOST].strip("-") or "lesson"


def free_slug(title: str, taken: set[str]) -> str:
    """Return the title's slug, with a number behind it if it is taken."""
    slug = slug_of(title)
    number = 1
    while slug in taken:
        number += 1
        slug = f"{slug_of(title)[: SLUG_MOST - 5]}-{number}"
    return slug
