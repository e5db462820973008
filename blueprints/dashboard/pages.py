"""What the dashboard's templates are given."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Generic, TypeVar

from markupsafe import Markup, escape

from blueprints.dashboard.forms import RulesForm
from blueprints.support.charts import Bars, BurnUp, bars_of
from blueprints.support.lesson_parts import lesson_parts
from blueprints.support.words import state_mark
from tracker.models import MARKS, STATES, Curriculum, Lesson, LogState, Reader
from tracker.permissions import Permission, may
from tracker.reports.dashboards import Flags, Glance, Line, Need
from tracker.reports.overview import CohortLine
from tracker.reports.shares import LessonShare
from tracker.rules.attention import Rules
from tracker.rules.pulse import LessonPulse, Pulse

PAGE_SIZE = 25
FIRST_NEEDS = 8
NOBODY = "none"
"""The filter's word for learners without a coach, and for rows without an owner."""

Row = TypeVar("Row")


@dataclass(frozen=True)
class Part(Generic[Row]):
    """One page of a list; a page beyond the end is the last one."""

    every: Sequence[Row]
    asked: int

    @property
    def pages(self) -> int:
        return max(1, ceil(len(self.every) / PAGE_SIZE))

    @property
    def number(self) -> int:
        return min(self.asked, self.pages)

    @property
    def rows(self) -> Sequence[Row]:
        return self.every[(self.number - 1) * PAGE_SIZE : self.number * PAGE_SIZE]


@dataclass(frozen=True)
class Filters:
    """What is looked at: lessons of a step (None: all), learners by state, standing and coach."""

    step: int | None = None
    state: str = ""
    standing: str = ""
    coach: str = ""
    page: int = 1

    @property
    def address(self) -> dict[str, object]:
        """Return what stands in an address to look at the same."""
        return {
            "step": "all" if self.step is None else self.step,
            "state": self.state or None,
            "standing": self.standing or None,
            "coach": self.coach or None,
        }

    def leave(self, line: Line) -> bool:
        """Tell whether the learner stays in view."""
        return (
            self.standing in {"", line.standing}
            and (not self.state or MARKS[LogState(self.state)] in line.marks)
            and self.coach in {"", line.row.coach_id or NOBODY}
        )


@dataclass(frozen=True)
class DashboardPage:
    """The staff's dashboard; the table holds one page of learners and the lessons of a step."""

    reader: Reader
    curriculum: Curriculum
    glance: Glance
    filters: Filters

    @property
    def total(self) -> int:
        return len(self.glance.lines)

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        return self.glance.lessons

    @property
    def table(self) -> Part[Line]:
        """Return the page that is looked at, of the learners that the filters leave."""
        return Part(list(filter(self.filters.leave, self.glance.lines)), self.filters.page)

    @property
    def needs(self) -> list[Need]:
        """Return the first of those who need a person."""
        return self.glance.open_needs[:FIRST_NEEDS]

    @property
    def may_invite(self) -> bool:
        return may(self.reader, Permission.INVITE)

    @property
    def may_look_after(self) -> bool:
        return may(self.reader, Permission.LOOK_AFTER)

    @cached_property
    def heads(self) -> list[tuple[Lesson, str]]:
        """Return each lesson and the end of its address."""
        parts = lesson_parts(self.reader.cohort)
        return [(lesson, parts[lesson.id][0]) for lesson in self.lessons]

    def cells(self, line: Line, address: str) -> Markup:
        """Return the cells of a learner's row, each a link to a log; a page has thousands.

        `address` is that of the learner's page.
        """
        begin = f'<td class="mark-cell"><a href="{escape(address)}/lessons/'
        ends = map(dict.__getitem__, self._ends, line.marks)
        return Markup("".join([begin + end for end in ends]))  # noqa: S704  slugs are quoted

    @cached_property
    def _ends(self) -> list[dict[str, str]]:
        """Return, for each lesson, how its cell ends with each mark."""
        signs = {mark: state_mark(state) for mark, state in STATES.items()}
        return [
            {mark: f'{slug}">{sign}</a></td>' for mark, sign in signs.items()}
            for _, slug in self.heads
        ]


@dataclass(frozen=True)
class NeedsFilters:
    """Which rows: of a rule, of an owner; those to be done, or those that "contacted" hides."""

    rule: str = ""
    owner: str = ""
    contacted: bool = False
    page: int = 1

    @property
    def address(self) -> dict[str, object]:
        """Return what stands in an address to look at the same."""
        return {
            "rule": self.rule or None,
            "owner": self.owner or None,
            "contacted": 1 if self.contacted else None,
        }

    def leave(self, need: Need) -> bool:
        """Tell whether the row stays in view."""
        return (
            need.is_open is not self.contacted
            and self.rule in {"", need.reason.rule}
            and self.owner in {"", need.owner or NOBODY}
        )


@dataclass(frozen=True)
class NeedsPage:
    """Everyone who needs a person."""

    reader: Reader
    glance: Glance
    filters: NeedsFilters

    @property
    def table(self) -> Part[Need]:
        return Part(list(filter(self.filters.leave, self.glance.needs)), self.filters.page)

    @property
    def owners(self) -> list[str]:
        """Return the names of those who look after someone on the list."""
        return sorted({need.owner for need in self.glance.needs if need.owner})

    @property
    def may_look_after(self) -> bool:
        return may(self.reader, Permission.LOOK_AFTER)


@dataclass(frozen=True)
class RulesPage:
    """The rules as typed or saved, and whom they flag (None: what was typed cannot be used).

    `conflict` is what someone saved while the form was open.
    """

    reader: Reader
    form: RulesForm
    flags: Flags | None
    is_typed: bool = False
    conflict: Rules | None = None


@dataclass(frozen=True)
class PulsePage:
    """The lessons in figures; `step` narrows what was said (None: all steps)."""

    reader: Reader
    curriculum: Curriculum
    pulse: Pulse
    step: int | None

    @property
    def chart(self) -> BurnUp:
        return BurnUp(self.pulse.burn_up)

    @property
    def lessons(self) -> list[LessonPulse]:
        """Return the pulse of the lessons of the step that is looked at."""
        every = self.pulse.lessons
        return [one for one in every if self.step in {None, one.lesson.step_number}]

    def bars(self, one: LessonPulse) -> Bars:
        """Return the bars of a lesson, its minutes on the scale of those in view."""
        longest = max((each.minutes.high for each in self.lessons if each.minutes), default=1.0)
        return bars_of(one, longest)


@dataclass(frozen=True)
class OverviewPage:
    """Cohorts side by side, the latest first."""

    lines: list[CohortLine]


@dataclass(frozen=True)
class OwnPage:
    """A learner's view: their own row and the cohort's shares, without names."""

    reader: Reader
    curriculum: Curriculum
    shares: list[LessonShare]

    def of_step(self, number: int) -> list[LessonShare]:
        return [share for share in self.shares if share.lesson.step_number == number]
