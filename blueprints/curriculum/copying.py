"""A new cohort with the curriculum of another one."""

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from wtforms import ValidationError
from wtforms.validators import DataRequired

from blueprints.curriculum.edits import NEEDED
from blueprints.curriculum.fields import HolidaysField
from blueprints.support.fields import AtMost, DayField, LineField, TextForm
from tracker.curricula.file import SLUG_MOST, slug_of


class CopyForm(TextForm):
    """What the new cohort is called, and when it begins."""

    name = LineField(_("Name"), validators=[DataRequired(NEEDED), AtMost(200)])
    slug = LineField(_("Address"), validators=[DataRequired(NEEDED), AtMost(SLUG_MOST)])
    starts_on = DayField(_("First day"))
    holidays = HolidaysField(_("Days without class"))
    hints: ClassVar[dict[str, Any]] = {
        "slug": _("Letters, digits and hyphens, such as ai-8. It never changes."),
        "holidays": _("One day on each line, such as 2031-05-05."),
        "starts_on": _("Each part keeps its distance from the first day, counted in class days."),
    }

    def validate_slug(self, field: LineField) -> None:
        """Suggest what was meant, or, where no letter says that, the name."""
        texts = [text for text in (field.data, self.name.data) if any(map(str.isalnum, text))]
        meant = slug_of(texts[0]) if texts else ""
        if not field.errors and (field.data != meant):
            raise ValidationError(
                _("Write it as %(slug)s: letters, digits and hyphens.", slug=meant or "ai-8")
            )
