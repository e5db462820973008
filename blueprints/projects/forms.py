"""A learner's notes on a project."""

from flask_babel import lazy_gettext as _

from blueprints.support.fields import AtMost, BlockField, Revision, TextForm


class NoteForm(TextForm):
    note = BlockField(_("My notes"), validators=[AtMost(200_000)])
    revision = Revision()
