"""Posts: what comes in, and where its parts go."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import MultipleFileField
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import Length

from blueprints.support.fields import TextForm, UploadForm, offered
from tracker.models import LogState, Visibility
from tracker.use_cases.importing_posts import FILES_MOST


class ImportForm(UploadForm):
    """Files, or a pasted text."""

    cohort = HiddenField()
    files = MultipleFileField(
        _("Markdown files"),
        validators=[Length(max=FILES_MOST, message=_("Choose at most 50 files at once."))],
    )
    text = TextAreaField(_("Or paste a post"))


class ConfirmForm(TextForm):
    """What holds for the whole post; the parts' places are fields of their own."""

    comments_for = SelectField(
        _("Who can read the comments"),
        choices=offered(
            [
                (Visibility.ME.value, _("Only me")),
                (Visibility.STAFF.value, _("Coaches and managers")),
                (Visibility.COHORT.value, _("Everyone in the cohort")),
            ]
        ),
    )
    log_state = SelectField(
        _("Lessons that I have not logged yet"),
        choices=offered(
            [
                (LogState.DONE.value, _("Mark as done")),
                (LogState.IN_PROGRESS.value, _("Mark as in progress")),
                (LogState.NOT_STARTED.value, _("Leave as not started")),
            ]
        ),
    )
    step = HiddenField()
