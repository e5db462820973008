"""The words for roles, states and reasons, as people read them."""

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
REASON_WORDS = {
    "moved_to": _("moved to %(cohort)s"),
    "moved_from": _("moved here from %(cohort)s"),
    "import_undone": _("the import was undone"),
    "arrived": _("set a password for the first time"),
}


def reason_words(reason: str) -> str:
    """Return the reason of a status as it was typed, or in words if no person typed it."""
    kind, _colon, cohort = reason.partition(":")
    return str(REASON_WORDS[kind]) % {"cohort": cohort} if kind in REASON_WORDS else reason
