"""What the templates of signing in, joining and the account are given."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _

from blueprints.auth.forms import JoinForm, LoginForm, NewPasswordForm, PasswordForm, ProfileForm
from blueprints.support.words import ROLE_WORDS, STATUS_WORDS
from tracker.models import Cohort, Invite, Person, Reader


@dataclass(frozen=True)
class LoginPage:
    """The sign-in form, and why it did not let in."""

    form: LoginForm
    problem: str = ""


@dataclass(frozen=True)
class WelcomePage:
    """Whose first password is set, and the form of it."""

    person: Person
    form: NewPasswordForm


@dataclass(frozen=True)
class DeadLinkPage:
    """A link that no longer works: what it was, and how to go on."""

    title: str
    remedy: str


INVITATION_OVER = DeadLinkPage(
    title=_("This invitation is over"),
    remedy=_("It has run out, was used up or was ended. Ask whoever sent it for a new one."),
)
LAST_PLACE_TAKEN = DeadLinkPage(
    title=_("The last place has just been taken"),
    remedy=_("Your account is ready; only the place is missing. Ask for a new link and open it."),
)
WELCOME_OVER = DeadLinkPage(
    title=_("This link has done its work"),
    remedy=_(
        "It sets a password once, within three days. If you have one, sign in; "
        "if not, ask whoever sent the link for a new one."
    ),
)


@dataclass(frozen=True)
class JoinPage:
    """An invitation; `form` makes an account, None where somebody is signed in (`person`)."""

    token: str
    invite: Invite
    cohort: Cohort
    person: Person | None
    form: JoinForm | None

    @property
    def role(self) -> str:
        """Return the role in a word."""
        return str(ROLE_WORDS[self.invite.role])


@dataclass(frozen=True)
class Place:
    """A cohort of the account, as what, and with which status."""

    reader: Reader

    @property
    def role(self) -> str:
        """Return the role in a word."""
        return str(ROLE_WORDS[self.reader.role])

    @property
    def status(self) -> str:
        """Return the status in words; an administrator without a place has none."""
        enrolment = self.reader.enrolment
        return str(STATUS_WORDS[enrolment.status]) if enrolment else str(_("Administrator"))


@dataclass(frozen=True)
class AccountPage:
    """One's own account: its two forms, and its places in cohorts."""

    person: Person
    profile: ProfileForm
    password: PasswordForm
    places: tuple[Place, ...]
