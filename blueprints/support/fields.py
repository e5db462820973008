"""What people type, made safe to store: normalised text, and limits with a remedy."""

import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from babel.support import Translations
from flask import request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import (
    DateField,
    Field,
    Form,
    HiddenField,
    IntegerField,
    PasswordField,
    StringField,
    TextAreaField,
)
from wtforms.fields import choices
from wtforms.i18n import DefaultTranslations, messages_path
from wtforms.validators import NumberRange, ValidationError

CONTROLS = (*range(0x20), *range(0x7F, 0xA0))
DROPPED = {code: None for code in CONTROLS if chr(code) not in "\n\t"}
UNSEEN = dict.fromkeys(  # blanks that are none, and marks that turn the direction of what follows
    (
        *(0x115F, 0x1160, 0x200B, 0x200E, 0x200F, 0x2060, 0x3164, 0xFEFF, 0xFFA0),
        *(*range(0x202A, 0x202F), *range(0x2066, 0x206A)),
    )
)
MOST_DIGITS = 12
YEARS = range(2000, 2200)
LINE_MOST = 2_000  # NFC takes quadratic time on what nobody types


def clean_text(value: Any) -> str:
    """Return typed text with LF line ends, without control characters or lone surrogates."""
    if not isinstance(value, str):
        return ""
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    text = text.encode("utf-8", "ignore").decode("utf-8")
    return text.translate(DROPPED)


def clean_line(value: Any) -> str:
    """Return typed text as one line without blanks around it, in NFC if any field may hold it."""
    line = " ".join(clean_text(value).translate(UNSEEN).split())
    return line if len(line) > LINE_MOST else unicodedata.normalize("NFC", line)


def clean_block(value: Any) -> str:
    """Return typed text of several lines without blank ends."""
    return clean_text(value).strip()


def clean_secret(value: Any) -> str:
    """Return a typed password in NFC, so that every keyboard gives the same one."""
    text = value[:LINE_MOST] if isinstance(value, str) else ""
    return unicodedata.normalize("NFC", text.encode("utf-8", "ignore").decode("utf-8"))


@lru_cache
def _messages(code: str) -> DefaultTranslations:
    found = Translations.load(messages_path(), [code], domain="wtforms")
    return DefaultTranslations(found)


class TextForm(FlaskForm):  # type: ignore[misc]
    """A form as a browser sends it: files and JSON in place of its texts are not read."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Where the form's data comes from; the app has checked the token before any view."""

        csrf = False

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """Return the texts that were posted, or what the form was given."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return request.form if form.is_submitted() else None

        def get_translations(self, form: FlaskForm) -> Any:
            """Return the messages of the library's own fields, read once for each language."""
            return _messages(str(get_locale()))


class UploadForm(TextForm):
    """A form with files beside its texts."""

    class Meta(TextForm.Meta):
        """Where the form's data comes from."""

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """Return the files and texts that were posted."""
            texts = super().wrap_formdata(form, formdata)
            return CombinedMultiDict((request.files, texts)) if texts is request.form else texts


def offered(words: Iterable[tuple[str, Any]]) -> list[Any]:
    """Return the choices of a radio or select field, from each value and its word."""
    choice = getattr(choices, "SelectChoice", lambda *pair: pair)  # WTForms 3.2 takes pairs
    return [choice(value, word) for value, word in words]


class LineField(StringField):
    """One line of text; its data is never None."""

    data: str

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, filters=[clean_line], **options)


class BlockField(TextAreaField):
    """A text of several lines; its data is never None."""

    data: str

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, filters=[clean_block], **options)


class SecretField(PasswordField):
    """A password, never shown again; its data is never None."""

    data: str

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, filters=[clean_secret], **options)


class Ranged(Field):
    """A number of a range: the range's own message also says what is wrong with no number."""

    def pre_validate(self, form: Any) -> None:
        if any(isinstance(each, NumberRange) for each in self.validators):
            self.errors: list[str] = []


class WholeField(Ranged, IntegerField):
    """A whole number, once the form is validated; of endless digits only the first are read."""

    data: int

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([value[:MOST_DIGITS] for value in valuelist])


class DayField(DateField):
    """A day of the calendar, once the form is validated."""

    data: date

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day. Raises ValueError with a remedy."""
        try:
            self.data = day_from("".join(valuelist))
        except ValueError as error:
            raise ValueError(_("Give a day, such as 2031-03-02.")) from error


def day_from(text: str) -> date:
    """Return the day that is written as 2031-03-02. Raises ValueError."""
    line = clean_line(text)[:20]
    day = date.fromisoformat(line)
    if day.year not in YEARS or line != day.isoformat():  # weeks are read, too: 2031-W10-7
        raise ValueError(line)
    return day


class AtMost:
    """Refuse a text longer than this many characters; say how many are too many.

    With `folded` they are counted as an email is stored: folding can lengthen a text.
    """

    def __init__(self, most: int, *, folded: bool = False) -> None:
        self.most = most
        self.folded = folded

    def __call__(self, _form: Form, field: Field) -> None:
        text = field.data or ""
        over = len(text.casefold() if self.folded else text) - self.most
        if over > 0:
            raise ValidationError(
                _(
                    "At most %(most)s characters; shorten it by %(over)s.",
                    most=f"{self.most:,}",
                    over=f"{over:,}",
                )
            )


class Revision(HiddenField):
    """The revision that the form was opened on; anything else than a number counts as 0."""

    @property
    def number(self) -> int:
        text = self.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
