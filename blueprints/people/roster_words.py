"""What an import of people says: of a file, of a line, of what became of it."""

from flask_babel import lazy_gettext as _

FILE_WORDS = {
    "too_large": _("This is more than 2 MiB, or unpacks to far more. Split the file."),
    "too_many_rows": _("This has more than 2,000 rows. Split the file."),
    "not_text": _("This is neither xlsx nor CSV in UTF-8 or CP949. Save it as one of them."),
    "broken_file": _("This file is damaged or locked. Open it in a spreadsheet and save it anew."),
    "empty": _("There is nothing in it. Take the template and fill it in."),
    "no_name_column": _("The first line names no column “name”. Take the template."),
    "no_email_column": _("The first line names no column “email”. Take the template."),
    "column_twice": _("The first line names a column twice. Leave one of them out."),
    "no_people": _("There are no people in it: write each on a line below the first one."),
    "changed_meanwhile": _("The cohort has changed meanwhile. Upload the file again."),
}
PROBLEM_WORDS = {
    "name_missing": _("is empty; write the person's name"),
    "name_long": _("has more than 100 characters; shorten it"),
    "email_missing": _("is empty; write the person's address"),
    "email_bad": _("is no email address; write it in full, like name@example.com"),
    "email_twice": _("is the same as in line %(value)s; leave one of the two out"),
    "role_unknown": _("is none of learner, coach, manager"),
    "status_unknown": _("is none of invited, active, paused, dropped, graduated"),
    "coach_unknown": _("is no coach of this cohort, nor of this file; add the coach first"),
    "coach_of_staff": _("is for learners alone; leave it empty for staff"),
    "own_place": _("is your own: another manager has to change your role and status"),
}
FIELD_WORDS = {
    "name": _("Name"),
    "email": _("Email"),
    "role": _("Role"),
    "coach": _("Coach"),
    "status": _("Status"),
}
ACTION_WORDS = {
    "new": _("new account and place"),
    "join": _("has an account, gets a place"),
    "back": _("gets the place back"),
    "change": _("changes"),
    "same": _("stays as it is"),
}
STATE_WORDS = {
    "draft": _("waits for you to confirm"),
    "applying": _("under way"),
    "applied": _("done"),
    "undoing": _("being undone"),
    "undone": _("undone"),
}


def problem_words(field: str, kind: str, value: str) -> str:
    """Return what is wrong with a field, what stands there, and the remedy."""
    words = str(PROBLEM_WORDS[kind]) % {"value": value}
    shown = f" “{value}”" if value and kind != "email_twice" else ""
    return f"{FIELD_WORDS[field]}{shown}: {words}"
