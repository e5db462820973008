"""What the template of the invitations is given."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from blueprints.people.forms import InviteForm
from blueprints.support.words import ROLE_WORDS
from tracker.models import Invite, Reader


@dataclass(frozen=True)
class InviteRow:
    """One invitation as it stands at this moment."""

    invite: Invite
    at: datetime

    @property
    def role(self) -> str:
        """Return what people join as, in a word."""
        return str(ROLE_WORDS[self.invite.role])

    @property
    def is_open(self) -> bool:
        """Tell whether somebody new can use it."""
        return self.invite.is_open(self.at)

    @property
    def state(self) -> str:
        """Return in a word why it is over, or that it is open."""
        if self.is_open:
            return str(_("Open"))
        if self.invite.revoked:
            return str(_("Ended"))
        if self.invite.uses_left == 0:
            return str(_("Used up"))
        return str(_("Expired"))


@dataclass(frozen=True)
class InvitesPage:
    """The invitations to a cohort; `link` is that of the one just made, shown this once."""

    reader: Reader
    form: InviteForm
    rows: tuple[InviteRow, ...]
    link: str
