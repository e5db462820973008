"""Where the lines of a chart stand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from blueprints.support.charts import BOTTOM, HEIGHT, TOP, BurnUp
from tracker.rules.pulse import Point


@pytest.mark.parametrize(
    ("top", "named"), [(21.0, [0, 10, 21]), (20.0, [0, 10, 20]), (1.0, [0, 1]), (0.0, [0, 1])]
)
def test_a_line_stands_at_the_number_that_it_names(top: float, named: list[int]) -> None:
    first = date(2031, 3, 3)
    chart = BurnUp((Point(first, 0.0, 0.0), Point(first + timedelta(days=9), top, None)))
    assert [value for _, value in chart.levels] == named
    whole = HEIGHT - TOP - BOTTOM
    heights = [HEIGHT - BOTTOM - whole * value / (top or 1.0) for value in named]
    assert [height for height, _ in chart.levels] == pytest.approx(heights)
