"""What the activity tells, in the words of the readers."""

from flask_babel import lazy_gettext as _

VERB_WORDS = {
    "saved": _("saved a log"),
    "set_done": _("set a lesson done"),
    "undid_done": _("undid “set done”"),
    "commented": _("commented"),
    "edited": _("edited a comment"),
    "deleted": _("deleted a comment"),
    "restored": _("brought a comment back"),
    "imported": _("brought in a post or a curriculum"),
    "undone": _("took a post back"),
    "joined": _("joined"),
    "invited": _("made an invitation"),
    "ended_invitation": _("ended an invitation"),
    "imported_people": _("enrolled people from a file"),
    "undid_people_import": _("undid an import of people"),
    "took_links": _("took the links of an import"),
    "made_link": _("made a link to set a password"),
    "set_invited": _("set the status: invited"),
    "set_active": _("set the status: active"),
    "set_paused": _("set the status: paused"),
    "set_dropped": _("set the status: left early"),
    "set_graduated": _("set the status: graduated"),
    "set_coach": _("changed the coach"),
    "set_joined_on": _("changed the joining day"),
    "moved_away": _("moved to another cohort"),
    "moved_here": _("moved here from another cohort"),
    "noted": _("wrote a note of staff"),
    "edited_note": _("edited a note of staff"),
    "deleted_note": _("deleted a note of staff"),
    "restored_note": _("brought a note of staff back"),
    "viewed_as": _("looked at pages as a learner"),
    "draft": _("made the cohort a draft"),
    "active": _("opened the cohort"),
    "archived": _("archived the cohort"),
}


def verb_words(verb: str) -> str:
    """Return what was done, in words; what we have none for is told as it is stored."""
    return str(VERB_WORDS[verb]) if verb in VERB_WORDS else verb.replace("_", " ")
