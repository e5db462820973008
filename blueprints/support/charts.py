"""Where the lines and bars of a chart stand: numbers for an SVG that a template writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.rules.pulse import LessonPulse, Paces, Point, Quartiles

WIDTH, HEIGHT = 720, 280
LEFT, TOP, RIGHT, BOTTOM = 40, 12, 12, 28  # what the axes' words take
BAR = 100


@dataclass(frozen=True)
class BurnUp:
    """Lessons due and done over days. Ticks are (place, what stands there)."""

    points: Sequence[Point]

    @property
    def width(self) -> int:
        return WIDTH

    @property
    def height(self) -> int:
        return HEIGHT

    @property
    def due(self) -> str:
        """Return the points of the line of what is due."""
        return " ".join(f"{self._x(at.day):.1f},{self._y(at.due):.1f}" for at in self.points)

    @property
    def done(self) -> str:
        """Return the points of the line of what is done, up to today."""
        known = [(at.day, at.done) for at in self.points if at.done is not None]
        return " ".join(f"{self._x(day):.1f},{self._y(done):.1f}" for day, done in known)

    @property
    def levels(self) -> list[tuple[float, int]]:
        """Return the heights of none, half and all lessons, each at the whole number it names."""
        top = self._top
        return [(self._y(value), value) for value in sorted({0, int(top / 2), int(top)})]

    @property
    def days(self) -> list[tuple[float, date, str]]:
        """Return the places of the first and the last day, with the end that their words keep."""
        first, last = self.points[0].day, self.points[-1].day
        return [(self._x(first), first, "start"), (self._x(last), last, "end")]

    @property
    def _top(self) -> float:
        return max(max(at.due, at.done or 0.0) for at in self.points) or 1.0

    def _x(self, day: date) -> float:
        first, last = self.points[0].day, self.points[-1].day
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / max(1, (last - first).days)

    def _y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self._top


@dataclass(frozen=True)
class Bar:
    """A bar of 100 units: `start` and `width` of what is filled, and where the mark stands."""

    start: float
    width: float
    mark: float


def spread(found: Quartiles, least: float, most: float) -> Bar:
    """Return the middle half of the answers with the median, on a scale from least to most."""
    scale = BAR / max(1.0, most - least)
    low, median, high = ((each - least) * scale for each in (found.low, found.median, found.high))
    return Bar(round(low, 1), round(max(1.0, high - low), 1), round(median, 1))


def portions(paces: Paces) -> list[tuple[str, float, float]]:
    """Return each pace with the start and width of its part of the bar."""
    parts, start = [], 0.0
    for name, share in (("slow", paces.slow), ("right", paces.right), ("fast", paces.fast)):
        parts.append((name, round(start * BAR, 1), round(share * BAR, 1)))
        start += share
    return parts


@dataclass(frozen=True)
class Bars:
    """The bars of one lesson; None where there are too few answers."""

    understanding: Bar | None
    pace: list[tuple[str, float, float]]
    minutes: Bar | None


def bars_of(one: LessonPulse, longest: float) -> Bars:
    """Return the bars of a lesson; `longest` ends the scale of minutes."""
    return Bars(
        understanding=spread(one.understanding, 1, 5) if one.understanding else None,
        pace=portions(one.pace) if one.pace else [],
        minutes=spread(one.minutes, 0, longest) if one.minutes else None,
    )
