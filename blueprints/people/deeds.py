"""The activity of a cohort, for managers: who did what, when; and the same as a file."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.people import bp
from blueprints.people.deed_words import VERB_WORDS, verb_words
from blueprints.support.access import current_reader, requires
from blueprints.support.converters import IdConverter
from blueprints.support.database import get_db
from blueprints.support.downloads import file_of
from tracker.clock import day_of, utc_now
from tracker.models import PersonId, Reader, Role
from tracker.permissions import Permission
from tracker.reports.deeds import DeedRow, Question, deeds_of
from tracker.reports.people import Member, members_of
from tracker.tables import Table

PAGE_SIZE = 100
PAGES_MOST = 50
FILE_MOST = 10_000  # deeds
DAYS_SHOWN = 7
DAYS_MOST = 92


@dataclass(frozen=True)
class Asked:
    """What the filter says, as it was typed."""

    first: str
    last: str
    person: str
    verb: str
    page: int

    @classmethod
    def from_address(cls, today: date) -> "Asked":
        """Read the filter; no days given: the last week."""
        values = request.args
        page = values.get("page", 1, type=int)
        return cls(
            first=values.get("first", (today - timedelta(days=DAYS_SHOWN - 1)).isoformat())[:20],
            last=values.get("last", today.isoformat())[:20],
            person=values.get("person", "") if _is_id(values.get("person", "")) else "",
            verb=values.get("verb", "")[:60],
            page=min(max(1, page), PAGES_MOST),
        )

    @property
    def kept(self) -> dict[str, str]:
        """Return the filter for an address, without the page."""
        kept = {"first": self.first, "last": self.last, "person": self.person, "verb": self.verb}
        return {name: value for name, value in kept.items() if value}

    def question(self, time_zone: str) -> Question | str:
        """Return what is asked for, or why it cannot be."""
        try:
            first, last = date.fromisoformat(self.first), date.fromisoformat(self.last)
        except ValueError:
            return str(_("Give both days as year-month-day, like 2031-03-05."))
        if not 0 <= (last - first).days < DAYS_MOST or not 2000 <= first.year < 3000:
            return str(_("Ask for 1 to 92 days of our time, the first one first."))
        since, until = (
            datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(timezone.utc)
            for day in (first, last + timedelta(days=1))
        )
        person = PersonId(self.person) if self.person else None
        return Question(since, until, actor_id=person, verb=self.verb)


@dataclass(frozen=True)
class ActivityPage:
    """The deeds that the filter leaves; `problem` says why it cannot be used."""

    reader: Reader
    asked: Asked
    members: list[Member]
    rows: list[DeedRow]
    problem: str

    @property
    def verbs(self) -> list[tuple[str, str]]:
        return [(verb, str(words)) for verb, words in VERB_WORDS.items()]

    @property
    def people(self) -> list[Member]:
        """Return whom the filter offers: staff, and the person who is asked for."""
        return [
            one
            for one in self.members
            if one.place.role is not Role.LEARNER or one.person.id == self.asked.person
        ]

    @property
    def has_more(self) -> bool:
        return len(self.rows) > PAGE_SIZE and self.asked.page < PAGES_MOST

    @property
    def shown(self) -> list[DeedRow]:
        return self.rows[:PAGE_SIZE]

    def verb_of(self, row: DeedRow) -> str:
        return verb_words(row.deed.verb)

    def actor_of(self, row: DeedRow) -> str:
        return actor_name(row)


@bp.get("/cohorts/<slug:cohort>/activity")
@requires(Permission.SEE_ACTIVITY)
def activity(cohort: str) -> ResponseReturnValue:
    """Show who did what, a page of the newest first."""
    reader, asked = current_reader(), asked_now()
    question = asked.question(reader.cohort.time_zone)
    members = members_of(get_db(), reader.cohort)
    rows, problem = [], ""
    if isinstance(question, str):
        problem = question
    else:
        skip = (asked.page - 1) * PAGE_SIZE
        rows = deeds_of(get_db(), reader.cohort, members, question, skip=skip, most=PAGE_SIZE + 1)
    page = ActivityPage(reader, asked, members, rows, problem)
    return render_template("people/activity.html", page=page), 422 if problem else 200


@bp.get("/cohorts/<slug:cohort>/activity.csv")
@requires(Permission.SEE_ACTIVITY)
def activity_file(cohort: str) -> ResponseReturnValue:
    """Answer with the newest 10,000 deeds that the filter leaves, as CSV."""
    reader, asked = current_reader(), asked_now()
    question = asked.question(reader.cohort.time_zone)
    if isinstance(question, str):
        return activity(cohort=cohort)
    members = members_of(get_db(), reader.cohort)
    found = deeds_of(get_db(), reader.cohort, members, question, skip=0, most=FILE_MOST)
    zone = ZoneInfo(reader.cohort.time_zone)
    rows = [
        [
            row.deed.at.astimezone(zone).isoformat(" ", "seconds"),
            actor_name(row),
            verb_words(row.deed.verb),
            row.about.person.name if row.about else "",
            row.lesson.title if row.lesson else "",
        ]
        for row in found
    ]
    head = [_("When"), _("Who"), _("What"), _("Whom it is about"), _("Lesson")]
    return file_of(Table(head, rows), f"{cohort}-activity", "csv")


def asked_now() -> Asked:
    return Asked.from_address(day_of(utc_now(), current_reader().cohort.time_zone))


def actor_name(row: DeedRow) -> str:
    """Return who did it; whoever is not in the cohort is an administrator, or a command."""
    if row.actor:
        return row.actor.person.name
    return str(_("a command")) if row.deed.actor_id == "system" else str(_("an administrator"))


def _is_id(text: str) -> bool:
    return re.fullmatch(IdConverter.regex, text) is not None
