"""The learner's log of a lesson."""

from flask_babel import lazy_gettext as _
from wtforms import (
    RadioField,
    SelectField,
    ValidationError,
)
from wtforms.validators import NumberRange, Optional

from blueprints.support.fields import (
    AtMost,
    BlockField,
    LineField,
    Revision,
    TextForm,
    WholeField,
    clean_line,
    offered,
)
from blueprints.support.words import STATE_WORDS
from tracker.models import LogEntry, LogState, Pace

STATES = offered((state.value, words) for state, words in STATE_WORDS.items())
PACE_WORDS = [
    ("", _("Not said")),
    (Pace.SLOW.value, _("Too slow")),
    (Pace.RIGHT.value, _("About right")),
    (Pace.FAST.value, _("Too fast")),
]
UNDERSTANDING_WORDS = [
    ("", _("Not said")),
    ("1", _("1 lost")),
    ("2", _("2 shaky")),
    ("3", _("3 so-so")),
    ("4", _("4 good")),
    ("5", _("5 could teach it")),
]
KEY_POINTS_MOST = 20
NOTE_MOST = 200_000
MINUTES_MOST = 6000


class LineForm(TextForm):
    """State and one line, for Today."""

    state = SelectField(_("State"), choices=STATES)
    line = LineField(_("One line"), validators=[AtMost(300)])
    revision = Revision()


class LogForm(TextForm):
    """The whole ladder: a line, key points, a note."""

    state = RadioField(_("State"), choices=STATES)
    line = LineField(_("One line"), validators=[AtMost(300)])
    key_points = BlockField(_("Key points"))
    note = BlockField(_("Note"), validators=[AtMost(NOTE_MOST)])
    minutes = WholeField(
        _("Minutes"),
        validators=[
            Optional(),
            NumberRange(0, MINUTES_MOST, _("Give minutes from 0 to 6,000.")),
        ],
    )
    understanding = RadioField(_("Understanding"), choices=offered(UNDERSTANDING_WORDS), default="")
    pace = RadioField(_("Pace"), choices=offered(PACE_WORDS), default="")
    revision = Revision()

    def validate_key_points(self, field: BlockField) -> None:
        points = self.points()
        if len(points) > KEY_POINTS_MOST:
            raise ValidationError(_("At most 20 key points; move some of them into the note."))
        if any(len(point) > 300 for point in points):
            raise ValidationError(_("A key point may have 300 characters; shorten the longest."))

    def points(self) -> tuple[str, ...]:
        lines = (clean_line(line) for line in self.key_points.data.split("\n"))
        return tuple(line.removeprefix("- ") for line in lines if line)

    def entry(self) -> LogEntry:
        return LogEntry(
            state=LogState(self.state.data),
            understanding=int(self.understanding.data) if self.understanding.data else None,
            pace=Pace(self.pace.data) if self.pace.data else None,
            minutes=self.minutes.data,
            line=self.line.data,
            key_points=self.points(),
            note=self.note.data,
        )

    @classmethod
    def of(cls, entry: LogEntry | None, revision: int) -> "LogForm":
        """Return the form filled with what is saved."""
        entry = entry or LogEntry(state=LogState.DONE)
        return cls(
            formdata=None,
            data={
                "state": entry.state.value,
                "line": entry.line,
                "key_points": "\n".join(entry.key_points),
                "note": entry.note,
                "minutes": entry.minutes,
                "understanding": str(entry.understanding or ""),
                "pace": entry.pace.value if entry.pace else "",
                "revision": str(revision),
            },
        )
