"""Days, hours and lists of lines, as managers type them."""

import math
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Field, ValidationError
from wtforms.widgets import TextInput

from blueprints.support.fields import BlockField, clean_line, day_from

HOURS_MOST = 1000
LINE_MOST = 300
HOLIDAYS_MOST = 400


class HoursField(Field):
    """Planned hours, with or without a fraction."""

    data: float
    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the hours. Raises ValueError with a remedy."""
        try:
            hours = float(clean_line("".join(valuelist))[:12])
        except ValueError:
            hours = math.nan
        if not 0 <= hours <= HOURS_MOST:
            raise ValueError(_("Give hours from 0 to 1,000, such as 8 or 7.5."))
        self.data = hours

    def _value(self) -> str:
        return clean_line(self.raw_data[0]) if self.raw_data else f"{self.data or 0:g}"


class LinesField(BlockField):
    """Short texts, one on each line."""

    def __init__(self, label: str, *, most: int, **options: Any) -> None:
        super().__init__(label, **options)
        self.most = most

    @property
    def lines(self) -> tuple[str, ...]:
        found = (clean_line(line).removeprefix("- ") for line in (self.data or "").split("\n"))
        return tuple(line for line in found if line)

    def pre_validate(self, form: Any) -> None:
        """Refuse too many lines, and lines that are too long."""
        if len(self.lines) > self.most:
            raise ValidationError(_("At most %(most)s lines; leave some out.", most=self.most))
        if any(len(line) > LINE_MOST for line in self.lines):
            raise ValidationError(_("A line may have 300 characters; shorten the longest."))


class HolidaysField(LinesField):
    """Days without class, one on each line."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, most=HOLIDAYS_MOST, **options)

    @property
    def days(self) -> tuple[date, ...]:
        """The days in their order. Raises ValueError for what is none."""
        return tuple(sorted({day_from(line) for line in self.lines}))

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no day, and name it."""
        super().pre_validate(form)
        for line in self.lines:
            try:
                day_from(line)
            except ValueError as error:
                wrong = _("“%(line)s” is no day; write it as 2031-03-02.", line=line[:40])
                raise ValidationError(wrong) from error
