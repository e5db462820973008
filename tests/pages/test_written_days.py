"""Days as pages write them: short, and with their year where it is not this one."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest
from flask import Flask, g

from blueprints.support.languages import day, days, moment


@pytest.mark.parametrize(
    ("code", "first", "last", "written"),
    [
        ("en", date(2031, 3, 3), date(2031, 3, 3), "Mon 3 Mar"),
        ("en", date(2031, 3, 3), date(2031, 3, 7), "Mon 3 Mar – Fri 7 Mar"),
        ("en", date(2032, 3, 1), date(2032, 3, 5), "Mon 1 Mar – Fri 5 Mar 2032"),
        ("en", date(2031, 12, 29), date(2032, 1, 2), "Mon 29 Dec – Fri 2 Jan 2032"),
        ("ko", date(2031, 3, 3), date(2031, 3, 7), "3월 3일 (월) – 3월 7일 (금)"),
        ("ko", date(2032, 3, 1), date(2032, 3, 5), "2032년 3월 1일 (월) – 3월 5일 (금)"),
        ("ko", date(2030, 12, 30), date(2031, 1, 3), "2030년 12월 30일 (월) – 1월 3일 (금)"),
    ],
)
def test_a_year_is_written_where_it_is_another_one(
    app: Flask, code: str, first: date, last: date, written: str
) -> None:
    with app.test_request_context():
        g.code, g.year = code, 2031
        assert days(first, last) == written


def test_a_moment_has_the_year_of_its_day_in_the_cohorts_zone(app: Flask) -> None:
    with app.test_request_context():
        g.code, g.year = "ko", 2031
        late = datetime(2031, 12, 31, 15, 5, tzinfo=timezone.utc)
        assert moment(late) == "2032년 1월 1일 (목) 오전 12:05"
        assert day(date(2062, 8, 26)) == "2062년 8월 26일 (토)"
