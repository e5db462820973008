"""What managers say of invitations and places."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField, ValidationError
from wtforms.validators import NumberRange

from blueprints.support.fields import AtMost, DayField, LineField, TextForm, WholeField, offered
from blueprints.support.languages import day
from blueprints.support.words import ROLE_WORDS, STATUS_WORDS
from tracker.models import Cohort, Role, Status
from tracker.reports.people import Member

DAYS_MOST = 60
USES_MOST = 500


class InviteForm(TextForm):
    """Role, time and number of people."""

    role = RadioField(
        _("They join as"),
        choices=offered((role.value, words) for role, words in ROLE_WORDS.items()),
        default=Role.LEARNER.value,
    )
    days = WholeField(
        _("Days that it works"),
        default=14,
        validators=[NumberRange(1, DAYS_MOST, _("Give days from 1 to 60."))],
    )
    uses = WholeField(
        _("People who can use it"),
        default=40,
        validators=[NumberRange(1, USES_MOST, _("Give a number from 1 to 500."))],
    )


class StatusForm(TextForm):
    """A status, and why."""

    status = SelectField(
        _("Status"),
        choices=offered((status.value, words) for status, words in STATUS_WORDS.items()),
        default=Status.ACTIVE.value,
    )
    reason = LineField(_("Reason"), validators=[AtMost(300)])

    def validate_reason(self, field: LineField) -> None:
        """Ask why, where somebody leaves the lists."""
        if self.status.data in {Status.PAUSED, Status.DROPPED} and not field.data:
            raise ValidationError(_("Say in a few words why; staff see it in the history."))


class CoachForm(TextForm):
    """A coach of this cohort, or none."""

    coach = SelectField(_("Coach"))

    def __init__(self, staff: list[Member], chosen: str = "", **options: Any) -> None:
        super().__init__(data={"coach": chosen}, **options)
        there = [(one.place.id, one.person.name) for one in staff if one.place.is_active]
        self.coach.choices = offered([("", _("No coach")), *there])


class JoinedForm(TextForm):
    """The day from which a learner is measured: a late joiner's may lie ahead, in the cohort."""

    joined_on = DayField(_("Joined on"))

    def __init__(self, cohort: Cohort, **options: Any) -> None:
        super().__init__(**options)
        self.cohort = cohort

    def validate_joined_on(self, field: DayField) -> None:
        """Refuse a day on which nobody is there any more: the learner would leave all lists."""
        if not field.errors and field.data > self.cohort.ends_on:
            last = day(self.cohort.ends_on)
            raise ValidationError(
                _("The cohort ends on %(day)s; give that day or one before.", day=last)
            )
