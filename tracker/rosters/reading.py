"""The rows of a roster: who shall be in the cohort, and what is wrong with a row."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from tracker.errors import Invalid
from tracker.models import Role, Status
from tracker.rosters.table import Line, read_lines

Known = TypeVar("Known", bound=str)
COLUMNS = {
    "name": ("name", "이름", "성명"),
    "email": ("email", "e-mail", "mail", "이메일", "메일"),
    "role": ("role", "역할"),
    "coach": ("coach", "코치", "담당코치"),
    "status": ("status", "상태"),
}
ROLES = {
    Role.LEARNER: ("learner", "student", "수강생", "학습자", "교육생"),
    Role.COACH: ("coach", "코치", "강사"),
    Role.MANAGER: ("manager", "매니저", "운영자"),
}
STATUSES = {
    Status.INVITED: ("invited", "초대됨", "초대"),
    Status.ACTIVE: ("active", "참여 중", "참여"),
    Status.PAUSED: ("paused", "일시 중지", "휴학"),
    Status.DROPPED: ("dropped", "중도 하차", "중도 포기"),
    Status.GRADUATED: ("graduated", "수료"),
}
EMAIL = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\".]+(?:\.[^\s@,;<>\".]+)+")
NAME_MOST = 100
EMAIL_MOST = 254


@dataclass(frozen=True)
class Row:
    """What the file says of one person; None: it does not say. `coach` is an address."""

    line: int
    name: str
    email: str
    role: Role | None = None
    coach: str | None = None
    status: Status | None = None


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field of a line; `kind` is a key of the words for it."""

    line: int
    field: str
    kind: str
    value: str = ""


@dataclass(frozen=True)
class Roster:
    """What a file says; `ignored` are its columns that are not read."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    ignored: tuple[str, ...]


def read_roster(data: bytes) -> Roster:
    """Read a file's rows.

    Raises Invalid as `read_lines` does, and "no_name_column", "no_email_column",
    "column_twice" or "no_people".
    """
    head, *lines = read_lines(data)
    places, ignored = _columns(head)
    if not lines:
        raise Invalid(["no_people"])
    rows, problems = [], []
    first_line: dict[str, int] = {}
    for line in lines:
        row, wrong = _row(line, places)
        if row.email in first_line:
            wrong.append(Problem(line.number, "email", "email_twice", str(first_line[row.email])))
        elif row.email:
            first_line[row.email] = line.number
        rows.append(row)
        problems += wrong
    return Roster(tuple(rows), tuple(problems), ignored)


def _columns(head: Line) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return where each column stands, and the names of those that are none of ours."""
    places: dict[str, int] = {}
    ignored = []
    for place, cell in enumerate(head.cells):
        name = _word_of(COLUMNS, clean(cell))
        if name in places:
            raise Invalid(["column_twice"])
        if name:
            places[name] = place
        elif cell:
            ignored.append(clean(cell)[:50])
    for needed in ("name", "email"):
        if needed not in places:
            raise Invalid([f"no_{needed}_column"])
    return places, tuple(ignored)


def _row(line: Line, places: dict[str, int]) -> tuple[Row, list[Problem]]:
    said = {
        name: clean(line.cells[place]) if place < len(line.cells) else ""
        for name, place in places.items()
    }
    role = _word_of(ROLES, said.get("role", ""))
    status = _word_of(STATUSES, said.get("status", ""))
    email, coach = said["email"].casefold(), said.get("coach", "").casefold()
    wrong = {
        "name": _wrong_name(said["name"]),
        "email": _wrong_email(email, "email_missing"),
        "role": "role_unknown" if said.get("role") and role is None else "",
        "coach": _wrong_email(coach, ""),
        "status": "status_unknown" if said.get("status") and status is None else "",
    }
    problems = [
        Problem(line.number, name, kind, said.get(name, "")[:100])
        for name, kind in wrong.items()
        if kind
    ]
    return Row(line.number, said["name"], email, role, coach or None, status), problems


def _wrong_name(name: str) -> str:
    if not name:
        return "name_missing"
    return "name_long" if len(name) > NAME_MOST else ""


def _wrong_email(email: str, if_missing: str) -> str:
    if not email:
        return if_missing
    good = len(email) <= EMAIL_MOST and EMAIL.fullmatch(email)
    return "" if good else "email_bad"


def clean(cell: str) -> str:
    """Return a cell as one line in NFC, without characters that nobody sees."""
    line = unicodedata.normalize("NFC", " ".join(cell.split()))
    return "".join(each for each in line if unicodedata.category(each) not in {"Cc", "Cf", "Cs"})


def _word_of(words: Mapping[Known, tuple[str, ...]], said: str) -> Known | None:
    """Return which of the words is said, in any of its names."""
    return next((word for word, names in words.items() if said.casefold() in names), None)
