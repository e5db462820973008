"""What the templates of a cohort's people are given."""

from dataclasses import dataclass, field
from math import ceil
from urllib.parse import urlencode

from flask_babel import gettext as _

from blueprints.people.forms import CoachForm, JoinedForm, StatusForm
from blueprints.support.words import ROLE_WORDS, STATUS_WORDS, reason_words
from tracker.models import Cohort, EnrolmentId, Reader, Role
from tracker.reports.people import Member, PastStatus

PAGE_SIZE = 50
NO_COACH = "none"


@dataclass(frozen=True)
class Filters:
    """Whom a list shows; "" stands for any. `coach` is a place, or "none"."""

    text: str = ""
    role: str = ""
    status: str = ""
    coach: str = ""

    def leaves(self, one: Member) -> bool:
        """Tell whether the member is among those that are asked for."""
        place = one.place
        wanted = self.text.casefold()
        return (
            (not wanted or wanted in one.person.name.casefold() or wanted in one.person.email)
            and self.role in {"", place.role}
            and self.status in {"", place.status}
            and (not self.coach or self._has_coach(one))
        )

    def _has_coach(self, one: Member) -> bool:
        if self.coach == NO_COACH:
            return one.place.role is Role.LEARNER and one.place.coach_id is None
        return one.place.coach_id == self.coach

    @property
    def query(self) -> str:
        """Return them as the end of an address."""
        return urlencode({name: value for name, value in vars(self).items() if value})


@dataclass(frozen=True)
class PeoplePage:
    """Everybody of a cohort, filtered and paged; `chosen` are those whose box is ticked."""

    reader: Reader
    members: list[Member]
    filters: Filters
    asked: int
    may_manage: bool
    may_see_activity: bool
    status_form: StatusForm
    coach_form: CoachForm
    handover_form: CoachForm
    chosen: frozenset[EnrolmentId] = field(default_factory=frozenset)
    problem: str = ""

    @property
    def matching(self) -> list[Member]:
        return [one for one in self.members if self.filters.leaves(one)]

    @property
    def pages(self) -> int:
        return max(1, ceil(len(self.matching) / PAGE_SIZE))

    @property
    def page(self) -> int:
        return min(max(1, self.asked), self.pages)

    @property
    def lines(self) -> list[Member]:
        first = (self.page - 1) * PAGE_SIZE
        return self.matching[first : first + PAGE_SIZE]

    @property
    def staff(self) -> list[Member]:
        return [one for one in self.members if one.place.role is not Role.LEARNER]

    @property
    def roles(self) -> list[tuple[str, str]]:
        return [(role.value, str(words)) for role, words in ROLE_WORDS.items()]

    @property
    def statuses(self) -> list[tuple[str, str]]:
        return [(status.value, str(words)) for status, words in STATUS_WORDS.items()]

    def learners_of(self, coach: Member) -> int:
        """Return how many learners this member coaches."""
        return sum(one.place.coach_id == coach.place.id for one in self.members)

    def coach_of(self, one: Member) -> str:
        """Return the name of a learner's coach, "" if there is none."""
        return coach_name(self.staff, one)

    def role_of(self, one: Member) -> str:
        return str(ROLE_WORDS[one.place.role])

    def status_of(self, one: Member) -> str:
        return str(STATUS_WORDS[one.place.status])


@dataclass(frozen=True)
class PersonPage:
    """One member of a cohort; `cohorts` are those that the reader may move them to."""

    reader: Reader
    member: Member
    staff: list[Member]
    history: list[PastStatus]
    may_manage: bool
    may_see_activity: bool
    may_link: bool
    cohorts: list[Cohort]
    status_form: StatusForm
    coach_form: CoachForm
    joined_form: JoinedForm
    link: str = ""

    @property
    def own(self) -> bool:
        return self.member.person.id == self.reader.person.id

    @property
    def learns(self) -> bool:
        return self.member.place.role is Role.LEARNER

    @property
    def coach(self) -> str:
        return coach_name(self.staff, self.member)

    @property
    def role(self) -> str:
        return str(ROLE_WORDS[self.member.place.role])

    @property
    def status(self) -> str:
        return str(STATUS_WORDS[self.member.place.status])

    def status_then(self, past: PastStatus) -> str:
        return str(STATUS_WORDS[past.change.status])

    def actor(self, past: PastStatus) -> str:
        """Return who gave the status, in words."""
        if past.by_name or not past.own:
            return past.by_name or str(_("an administrator"))
        return self.member.person.name

    def reason(self, past: PastStatus) -> str:
        return reason_words(past.change.reason)


def coach_name(staff: list[Member], one: Member) -> str:
    """Return the name of a learner's coach, "" if there is none."""
    found = (coach.person.name for coach in staff if coach.place.id == one.place.coach_id)
    return next(found, "")
