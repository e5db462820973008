"""What people type to sign in, to join, and to change their account."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.validators import DataRequired, Email, EqualTo, Length

from blueprints.auth.passwords import refuse_easy
from blueprints.support.fields import AtMost, LineField, SecretField, TextForm, offered
from blueprints.support.languages import LANGUAGES
from tracker.models import Person
from tracker.use_cases.accounts import PASSWORD_LEAST, PASSWORD_MOST

EMAIL_MOST = 254
NAME_MOST = 100
LANGUAGE_WORDS = tuple(LANGUAGES.items())
THEME_WORDS = (
    ("auto", _("As the system")),
    ("light", _("Light")),
    ("dark", _("Dark")),
)


def name_field() -> LineField:
    """Return the field of a person's name."""
    return LineField(
        _("Name"),
        validators=[DataRequired(), AtMost(NAME_MOST)],
        render_kw={"autocomplete": "name"},
    )


def new_password_field() -> SecretField:
    """Return the field of a password to be."""
    return SecretField(
        _("New password"),
        validators=[
            DataRequired(),
            Length(PASSWORD_LEAST, PASSWORD_MOST, _("Use 8 to 200 characters.")),
        ],
        render_kw={"autocomplete": "new-password"},
    )


class LoginForm(TextForm):
    """Email and password, and where to go from there."""

    email = LineField(
        _("Email"),
        validators=[DataRequired(), AtMost(EMAIL_MOST, folded=True)],
        render_kw={"type": "email", "autocomplete": "email", "autocapitalize": "none"},
    )
    password = SecretField(
        _("Password"),
        validators=[DataRequired()],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField(_("Stay signed in for two weeks"))
    next = HiddenField()


class NewPasswordForm(TextForm):
    """A new password of this person, typed twice."""

    password = new_password_field()
    repeated = SecretField(
        _("New password again"),
        validators=[
            DataRequired(),
            EqualTo("password", _("The two are not the same; type both again.")),
        ],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, person: Person) -> None:
        super().__init__()
        self.person = person

    def validate_password(self, field: SecretField) -> None:
        """Refuse what is easy to guess."""
        refuse_easy(field.data, email=self.person.email, name=self.person.name)


class PasswordForm(NewPasswordForm):
    """A new password, with the one that it replaces."""

    current = SecretField(
        _("Current password"),
        validators=[DataRequired()],
        render_kw={"autocomplete": "current-password"},
    )


class JoinForm(TextForm):
    """A new account."""

    email = LineField(
        _("Email"),
        validators=[
            DataRequired(),
            AtMost(EMAIL_MOST, folded=True),
            Email(_("Write the address in full, like name@example.com.")),
        ],
        render_kw={"type": "email", "autocomplete": "email", "autocapitalize": "none"},
    )
    name = name_field()
    password = new_password_field()
    language = RadioField(_("Language"), choices=offered(LANGUAGE_WORDS))

    def validate_password(self, field: SecretField) -> None:
        """Refuse what is easy to guess."""
        refuse_easy(field.data, email=self.email.data, name=self.name.data)


class ProfileForm(TextForm):
    """Name, language and theme."""

    name = name_field()
    language = RadioField(_("Language"), choices=offered(LANGUAGE_WORDS))
    theme = RadioField(_("Colours"), choices=offered(THEME_WORDS))

    @classmethod
    def of(cls, person: Person) -> "ProfileForm":
        """Return the form filled with what is saved."""
        saved = {"name": person.name, "language": person.language, "theme": person.theme}
        return cls(formdata=None, data=saved)
