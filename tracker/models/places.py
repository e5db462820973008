"""People and where they belong: accounts, cohorts, enrolments, invitations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from tracker.models.words import (
    CohortId,
    CohortState,
    EnrolmentId,
    ImportId,
    NoteId,
    PersonId,
    Role,
    Status,
)

BUCKET_SIZE = 64
"""Learners whose rows of figures share one document."""


@dataclass(frozen=True)
class Enrolment:
    """One person's place in one cohort; `ordinal` fixes the bucket that holds their marks.

    `coach_id` is the place of the coach who looks after a learner; `import_id` the import that
    made the place; `taken_back` says that the import's undo ended it; `requests_owed` that its
    requests for help are not yet counted, or left out, as its status says.
    """

    id: EnrolmentId
    cohort_id: CohortId
    person_id: PersonId
    role: Role
    status: Status
    joined_on: date
    ordinal: int
    coach_id: EnrolmentId | None = None
    import_id: ImportId | None = None
    taken_back: bool = False
    requests_owed: bool = False

    @property
    def bucket(self) -> int:
        """Return the number of the bucket that holds the learner's row."""
        return self.ordinal // BUCKET_SIZE

    @property
    def is_active(self) -> bool:
        return self.status is Status.ACTIVE


@dataclass(frozen=True)
class StatusChange:
    """A status that a place was given: when, why and by whom."""

    status: Status
    at: datetime
    reason: str
    by: PersonId


@dataclass(frozen=True)
class Deed:
    """Something that somebody did, as the activity tells it: "saved", "log:65f…"."""

    at: datetime
    actor_id: PersonId
    verb: str
    subject: str


@dataclass(frozen=True)
class StaffNote:
    """What staff wrote of a learner, for staff alone."""

    id: NoteId
    enrolment_id: EnrolmentId
    author_id: PersonId
    author_name: str
    text: str
    created_at: datetime
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    revision: int = 0


@dataclass(frozen=True)
class Person:
    """One account. `enrolments` is filled only where it was read together with them."""

    id: PersonId
    email: str
    name: str
    password_hash: str
    language: str
    theme: str
    session_version: int
    is_admin: bool = False
    enrolments: tuple[Enrolment, ...] = ()


@dataclass(frozen=True)
class Cohort:
    """A cohort, with the versions under which processes keep what they have read of it.

    `version` grows with each visible change of its figures, and keys every ETag; `people_version`
    with each change of who belongs to it; `bucket_versions` with those of each bucket of rows.
    """

    id: CohortId
    slug: str
    name: str
    track: str
    time_zone: str
    starts_on: date
    ends_on: date
    holidays: tuple[date, ...]
    state: CohortState
    version: int
    curriculum_version: int
    people_version: int = 0
    bucket_versions: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Reader:
    """Someone who is signed in, as a member of one cohort; administrators act as managers."""

    person: Person
    cohort: Cohort
    role: Role
    enrolment: Enrolment | None

    @property
    def is_staff(self) -> bool:
        return self.role is not Role.LEARNER


@dataclass(frozen=True)
class Invite:
    """An invitation to one cohort; `people` are those who used it."""

    id: str
    cohort_id: CohortId
    role: Role
    expires_at: datetime
    max_uses: int
    people: tuple[PersonId, ...] = ()
    revoked: bool = False

    @property
    def uses_left(self) -> int:
        return max(0, self.max_uses - len(self.people))

    def is_open(self, at: datetime) -> bool:
        """Tell whether somebody new can use it."""
        return not self.revoked and at < self.expires_at and self.uses_left > 0
