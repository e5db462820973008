"""What learners and staff write on the pages of help."""

import re
import secrets

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField
from wtforms.validators import DataRequired, ValidationError

from blueprints.support.fields import AtMost, BlockField, LineField, Revision, TextForm, offered
from tracker.models import Lesson, Problem

TRIED_MOST = 5_000
ERROR_MOST = 20_000
ANSWER_MOST = 20_000
TITLE_MOST = 200
MOVED_MOST = 100
KEY = re.compile(r"[0-9a-f]{24}")
SET_UP = ""


class AskForm(TextForm):
    """A learner is stuck. `key` is the same for a form that is sent twice."""

    lesson = SelectField(_("What are you stuck on?"))
    tried = BlockField(_("What I tried"), validators=[AtMost(TRIED_MOST)])
    error = BlockField(_("The error text"), validators=[AtMost(ERROR_MOST)])
    mark_stuck = BooleanField(_("Set my log of this lesson to stuck"), default=True)
    key = HiddenField()

    def offer(self, lessons: tuple[Lesson, ...]) -> None:
        """Offer the set-up and these lessons."""
        named = [(lesson.slug, lesson.title) for lesson in lessons]
        self.lesson.choices = offered([(SET_UP, gettext("My set-up")), *named])

    def validate_tried(self, field: BlockField) -> None:
        if not field.data and not self.error.data:
            raise ValidationError(gettext("Write what you tried, or paste the error text."))

    @property
    def request_id(self) -> str:
        """Return the key that the form was shown with, or a new one."""
        key = self.key.data or ""
        return key if KEY.fullmatch(key) else secrets.token_hex(12)


class AnswerForm(TextForm):
    """The one answer to a problem, and the title under which others find it."""

    title = LineField(
        _("Title"),
        validators=[
            DataRequired(_("Give the problem a title that others find it by.")),
            AtMost(TITLE_MOST),
        ],
    )
    text = BlockField(
        _("Your answer"),
        validators=[DataRequired(_("Write the answer first.")), AtMost(ANSWER_MOST)],
    )
    number = Revision()


class MergeForm(TextForm):
    """Which other problem is the same one."""

    into = SelectField(_("The same as"), validators=[DataRequired(_("Choose a problem."))])

    def offer(self, problems: list[Problem]) -> None:
        """Offer these problems, the most similar first."""
        self.into.choices = offered(
            (each.id, f"{each.title} ({count_words(each)})") for each in problems
        )


class SplitForm(TextForm):
    """Which requests are another problem."""

    new_title = LineField(
        _("Title of the new problem"),
        validators=[
            DataRequired(_("Say in a few words what the other problem is.")),
            AtMost(TITLE_MOST),
        ],
    )
    requests = SelectMultipleField(_("Requests that are another problem"), validate_choice=False)

    def validate_requests(self, field: SelectMultipleField) -> None:
        chosen = field.data or []
        if not chosen:
            raise ValidationError(gettext("Choose the requests that are another problem."))
        if len(chosen) > MOVED_MOST:
            raise ValidationError(gettext("At most 100 at once; split the rest off afterwards."))


class TicketForm(TextForm):
    """What a learner wants to be helped with."""

    topic = LineField(
        _("What is it about?"),
        validators=[DataRequired(_("Say in a few words what it is about.")), AtMost(200)],
    )


def count_words(problem: Problem) -> str:
    """Return how many learners have the problem, in words."""
    learners = problem.figures.learners
    return str(ngettext("%(num)d learner", "%(num)d learners", learners))
