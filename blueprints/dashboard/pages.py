"""What the dashboard's templates are given."""

from dataclasses import dataclass
from math import ceil

from tracker.models import STATES, Curriculum, Lesson, LogState, Reader
from tracker.reports.dashboards import Glance, LessonShare, Line

PAGE_SIZE = 25


@dataclass(frozen=True)
class Filters:
    """What is looked at: lessons of a step (None: all), learners in a state or standing."""

    step: int | None = None
    state: str = ""
    standing: str = ""
    page: int = 1

    def __post_init__(self) -> None:
        if self.page < 1:
            object.__setattr__(self, "page", 1)


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
    def chosen(self) -> list[Line]:
        """Return the learners that the filters leave."""
        lines = self.glance.lines
        if self.filters.standing:
            lines = tuple(line for line in lines if line.standing == self.filters.standing)
        if not self.filters.state:
            return list(lines)
        cells = [lesson.cell for lesson in self.lessons]
        return [
            line
            for line in lines
            if any(STATES[line.row.mark(cell)] == self.filters.state for cell in cells)
        ]

    @property
    def pages(self) -> int:
        return max(1, ceil(len(self.chosen) / PAGE_SIZE))

    @property
    def page(self) -> int:
        return min(self.filters.page, self.pages)

    @property
    def lines(self) -> list[Line]:
        first = (self.page - 1) * PAGE_SIZE
        return self.chosen[first : first + PAGE_SIZE]

    def state_of(self, line: Line, lesson: Lesson) -> LogState:
        return STATES[line.row.mark(lesson.cell)]


@dataclass(frozen=True)
class OwnPage:
    """A learner's view: their own row and the cohort's shares, without names."""

    reader: Reader
    curriculum: Curriculum
    shares: list[LessonShare]

    def of_step(self, number: int) -> list[LessonShare]:
        return [share for share in self.shares if share.lesson.step_number == number]
