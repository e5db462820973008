"""The words for roles, states and the like, as people read them, and the sign of each state."""

from functools import lru_cache

from flask import Flask
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from blueprints.support.languages import code
from tracker.models import LogState, Role, Status
from tracker.rules.attention import Rule
from tracker.rules.progress import Standing

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


STATE_WORDS = {
    LogState.NOT_STARTED: _("Not started"),
    LogState.IN_PROGRESS: _("In progress"),
    LogState.STUCK: _("Stuck"),
    LogState.DONE: _("Done"),
}
STANDING_WORDS = {
    Standing.ON_TRACK: _("on track"),
    Standing.STUCK: _("stuck"),
    Standing.SILENT: _("silent"),
}
RULE_WORDS = {
    Rule.STUCK: _("Stuck for long"),
    Rule.SILENT: _("Silent"),
    Rule.BEHIND: _("Behind schedule"),
    Rule.FALLING: _("Understanding falling"),
}
STATE_SIGNS = {
    LogState.NOT_STARTED: "○",
    LogState.IN_PROGRESS: "◐",
    LogState.STUCK: "!",
    LogState.DONE: "●",
}


def state_word(state: str) -> str:
    return str(STATE_WORDS[LogState(state)])


def state_mark(state: str) -> Markup:
    """Return a state's sign, and its word for screen readers."""
    return state_marks()[state]


def state_marks() -> dict[str, Markup]:
    """Return the mark of every state; pages show hundreds of them."""
    return _marks(code())


@lru_cache
def _marks(_language: str) -> dict[str, Markup]:
    mark = Markup(
        '<span class="state state-{0}"><span aria-hidden="true">{1}</span>'
        '<span class="visually-hidden">{2}</span></span>'
    )
    return {state: mark.format(state, STATE_SIGNS[state], state_word(state)) for state in LogState}


def reason_words(reason: str) -> str:
    """Return the reason of a status as it was typed, or in words if no person typed it."""
    kind, _colon, cohort = reason.partition(":")
    return str(REASON_WORDS[kind]) % {"cohort": cohort} if kind in REASON_WORDS else reason


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        RULE_WORDS=RULE_WORDS,
        STANDING_WORDS=STANDING_WORDS,
        state_mark=state_mark,
        state_marks=state_marks,
        state_word=state_word,
    )
