"""Which passwords are too easy: what a guesser tries first."""

from flask_babel import gettext as _
from wtforms import ValidationError

FIRST_TRIED = """
    12345678 123456789 1234567890 87654321 password password1 password12 password123 passw0rd
    p@ssw0rd qwertyui qwertyuiop qwerty12 qwerty123 qwer1234 asdf1234 asdfasdf asdfghjkl zxcvbnm1
    1q2w3e4r 1q2w3e4r5t q1w2e3r4 1qaz2wsx abcd1234 abc12345 a1234567 a12345678 aa123456 iloveyou
    princess sunshine superman football baseball starwars trustno1 welcome1 letmein1 changeme
    admin123 administrator computer internet bootcamp bootcamp1 didim-demo korea123 dkssud12
    tkfkdgo1 dkssudgktpdy qlalfqjsgh qlqjs1234
"""
COMMON_PASSWORDS = frozenset(FIRST_TRIED.split())
CHARACTERS_LEAST = 3  # different ones


def refuse_easy(password: str, *, email: str, name: str) -> None:
    """Raise ValidationError if the password is common, one key held down, or the person's own."""
    tried = _bare(password)
    if tried in {_bare(word) for word in (email, email.partition("@")[0], name)}:
        raise ValidationError(_("Your name and address are easy to guess; choose something else."))
    if tried in COMMON_PASSWORDS or len(set(tried)) < CHARACTERS_LEAST:
        raise ValidationError(_("This is among the first that a guesser tries; choose another."))


def _bare(text: str) -> str:
    return text.casefold().replace(" ", "")
