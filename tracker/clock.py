"""The one source of the present; times are UTC and hold milliseconds, as MongoDB does."""

from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """Return the present in UTC, cut to milliseconds."""
    return to_milliseconds(datetime.now(timezone.utc))


def to_milliseconds(moment: datetime) -> datetime:
    """Return the moment without what MongoDB would drop on storing it."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def day_of(moment: datetime, time_zone: str) -> date:
    """Return the calendar day of a moment in a cohort's time zone."""
    return moment.astimezone(ZoneInfo(time_zone)).date()
