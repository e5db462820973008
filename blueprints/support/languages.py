"""Language, time zone and the way dates are written."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.support import NullTranslations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_domain, get_locale
from flask_login import current_user
from markupsafe import Markup

from tracker.clock import day_of, utc_now

LANGUAGES = {"ko": "한국어", "en": "English"}
THEMES = ("auto", "light", "dark")
DAY = {"ko": "M월 d일 (E)", "en": "EEE d MMM"}
DAY_AND_YEAR = {"ko": "y년 M월 d일 (E)", "en": "EEE d MMM y"}
TIME = {"ko": " aaaa h:mm", "en": ", h:mm a"}
CLOCK = {"ko": "aaaa h:mm:ss", "en": "h:mm:ss a"}


def language() -> str:
    """Return the reader's language: account, else cookie, else browser, else ko."""
    if not has_request_context():
        return "ko"
    if current_user and current_user.is_authenticated:
        return str(current_user.person.language)
    chosen = request.cookies.get("language", "")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(list(LANGUAGES), "ko") or "ko"


def theme() -> str:
    """Return the reader's theme: the account's, else the cookie's, else "auto"."""
    if current_user and current_user.is_authenticated:
        return str(current_user.person.theme)
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else "auto"


def time_zone() -> str:
    """Return the time zone of the cohort that is being read."""
    reader = g.get("reader")
    return str(reader.cohort.time_zone) if reader else "Asia/Seoul"


def day(value: date) -> str:
    """Write a day the cohort's way: "4월 24일 (월)"; with its year if that is not this one."""
    return _written_day(value, code(), with_year=value.year != this_year())


@lru_cache(maxsize=4_000)
def _written_day(value: date, code: str, *, with_year: bool) -> str:
    return format_date(value, (DAY_AND_YEAR if with_year else DAY)[code], locale=code)


def days(first: date, last: date) -> str:
    """Write a stretch of days, or the one day; a year that both have in common stands once."""
    if first == last:
        return day(first)
    written = [day(first), day(last)]
    if first.year == last.year:
        without = 0 if code() == "en" else 1  # "Mon 2 Mar – Fri 6 Mar 2032", but the year first
        written[without] = _written_day((first, last)[without], code(), with_year=False)
    return " – ".join(written)


def moment(value: datetime) -> str:
    """Write a moment in the cohort's time zone: "4월 24일 (월) 오후 2:05"."""
    local = value.astimezone(ZoneInfo(time_zone()))
    return day(local.date()) + format_datetime(local, TIME[code()], local.tzinfo, locale=code())


def this_year() -> int:
    """Return the year in the cohort's time zone, asked for once in a request."""
    found: int | None = g.get("year")
    if found is None:
        found = g.year = day_of(utc_now(), time_zone()).year
    return found


def clock_time(value: datetime) -> str:
    """Write the time of day in the cohort's time zone, with seconds."""
    code = str(get_locale())
    return format_time(value, CLOCK[code], ZoneInfo(time_zone()), locale=code)


def code() -> str:
    """Return the code of the request's language; asking the library costs 5 µs each time."""
    found: str | None = g.get("code")
    if found is None:
        found = g.code = str(get_locale())
    return found


def catalogue() -> NullTranslations:
    """Return the texts of the request's language, asked for once as its code is."""
    found: NullTranslations | None = g.get("catalogue")
    if found is None:
        found = g.catalogue = get_domain().get_translations()
    return found


def text(words: str, **values: object) -> Markup:
    """Return the text in the request's language, as a template shows it, with these values in it.

    The library's own wrapper of it costs three times as much, forty times on a page.
    """
    written = Markup(catalogue().ugettext(words))  # noqa: S704  our own words
    return written % values if values or "%" in written else written


def init_app(app: Flask) -> None:
    Babel(app, locale_selector=language, timezone_selector=time_zone)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        text,
        lambda one, many, count: catalogue().ungettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.filters.update(day=day, moment=moment, clock_time=clock_time)
    app.jinja_env.globals.update(
        LANGUAGES=LANGUAGES,
        THEMES=THEMES,
        _=text,
        days=days,
        gettext=text,
        language=language,
        theme=theme,
        time_zone=time_zone,
    )
