"""The words for roles and states, as people read them."""

from flask_babel import lazy_gettext as _

from tracker.models import Role, Status

ROLE_WORDS = {
    Role.LEARNER: _("Learner"),
    Role.COACH: _("Coach"),
    Role.MANAGER: _("Manager"),
}
STATUS_WORDS = {
    Status.INVITED: _("Invited"),
    Status.ACTIVE: _("Active"),
    Status.PAUSED: _("Paused"),
    Status.DROPPED: _("Left early"),
    Status.GRADUATED: _("Graduated"),
}
