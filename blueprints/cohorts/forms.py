"""What staff write on a learner's pages."""

from flask_babel import lazy_gettext as _
from wtforms import ValidationError

from blueprints.support.fields import AtMost, BlockField, LineField, Revision, TextForm

NOTE_MOST = 5_000


class DoneForm(TextForm):
    """Why a lesson is set done."""

    reason = LineField(_("Reason"), validators=[AtMost(300)])

    def validate_reason(self, field: LineField) -> None:
        """Ask for one: the learner reads it."""
        if not field.data:
            raise ValidationError(_("Say in a few words why; the learner reads it."))


class NoteForm(TextForm):
    """A note of staff."""

    text = BlockField(_("Note for staff"), validators=[AtMost(NOTE_MOST)])

    def validate_text(self, field: BlockField) -> None:
        """Refuse an empty one."""
        if not field.data:
            raise ValidationError(_("Write something first."))


class EditNoteForm(NoteForm):
    """A note that was there before; the revision that its author read."""

    revision = Revision()
