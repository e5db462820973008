"""The look back on a step."""

from flask_babel import lazy_gettext as _

from blueprints.support.fields import AtMost, BlockField, Revision, TextForm

MOST = 50_000


class RetrospectiveForm(TextForm):
    good = BlockField(_("What was good"), validators=[AtMost(MOST)])
    lacking = BlockField(_("What was lacking"), validators=[AtMost(MOST)])
    next_try = BlockField(_("What to try next"), validators=[AtMost(MOST)])
    revision = Revision()
