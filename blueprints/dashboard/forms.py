"""What staff set for the list of those who need a person."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FloatField
from wtforms.validators import NumberRange

from blueprints.support.fields import Ranged, Revision, TextForm, WholeField
from tracker.rules.attention import Rule, Rules

DAYS = NumberRange(1, 30, _("Give a number of days from 1 to 30."))


class PointsField(Ranged, FloatField):
    """A number with a decimal, once the form is validated."""

    data: float


class RulesForm(TextForm):
    """The threshold of each rule, and whether it lists anyone."""

    stuck_on = BooleanField(_("Stuck for long"))
    stuck_days = WholeField(_("Working days stuck on a lesson"), validators=[DAYS])
    silent_on = BooleanField(_("Silent"))
    silent_days = WholeField(_("Working days without a log"), validators=[DAYS])
    behind_on = BooleanField(_("Behind schedule"))
    behind_lessons = WholeField(
        _("Lessons that are over and not done"),
        validators=[NumberRange(1, 100, _("Give a number of lessons from 1 to 100."))],
    )
    falling_on = BooleanField(_("Understanding falling"))
    falling_by = PointsField(
        _("Points by which it fell"),
        validators=[NumberRange(0.3, 4, _("Give points from 0.3 to 4, such as 1.5."))],
    )
    snooze_days = WholeField(_("Days that “Contacted” hides a row"), validators=[DAYS])
    revision = Revision()

    @classmethod
    def of(cls, rules: Rules) -> "RulesForm":
        """Return the form as it stands for these rules."""
        on = {f"{rule}_on": rule not in rules.off for rule in Rule}
        return cls(obj=rules, data=on)

    def rules(self) -> Rules:
        """Return what was typed, over the revision that the form was opened on."""
        return Rules(
            silent_days=self.silent_days.data,
            stuck_days=self.stuck_days.data,
            behind_lessons=self.behind_lessons.data,
            falling_by=round(self.falling_by.data, 1),
            snooze_days=self.snooze_days.data,
            off=frozenset(rule for rule in Rule if not self[f"{rule}_on"].data),
            revision=self.revision.number,
        )
