"""What a manager says of an invitation."""

from flask_babel import lazy_gettext as _
from wtforms import RadioField
from wtforms.validators import NumberRange

from blueprints.support.fields import TextForm, WholeField, offered
from blueprints.support.words import ROLE_WORDS
from tracker.models import Role

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
