"""A comment as it is typed."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectField
from wtforms.validators import DataRequired

from blueprints.support.fields import AtMost, BlockField, TextForm, offered
from tracker.models import Visibility

COMMENT_MOST = 20_000
VISIBILITY_WORDS = [
    (Visibility.COHORT.value, _("Everyone in the cohort")),
    (Visibility.STAFF.value, _("Coaches and managers")),
    (Visibility.ME.value, _("Only me")),
]


class CommentForm(TextForm):
    """A new comment, an answer, or a change of one."""

    text = BlockField(
        _("Comment"),
        validators=[DataRequired(_("Write something first.")), AtMost(COMMENT_MOST)],
    )
    visibility = SelectField(
        _("Who can read it"), choices=offered(VISIBILITY_WORDS), default=Visibility.COHORT.value
    )
    subject = HiddenField()
    parent = HiddenField()
