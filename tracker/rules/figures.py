"""How one log changes its learner's row of derived figures.

Every figure of a lesson stands at the lesson's `cell`. What lies behind the last thing said is
not stored: a row grows with what a learner does, not with the curriculum.
"""

import struct
from dataclasses import replace

from tracker.models import MARKS, LessonLog, LogState, Pace, Row, Said

BLANK = "."
PACES = {Pace.SLOW: "s", Pace.RIGHT: "r", Pace.FAST: "f"}
MINUTES = "H"
MOMENTS = "I"


def with_log(row: Row, cell: int, log: LessonLog) -> Row:
    """Return the row with this log's figures at its lesson's cell."""
    entry, state = log.entry, log.state
    stuck_since = {at: since for at, since in row.stuck_since.items() if at != cell}
    if state is LogState.STUCK:
        stuck_since[cell] = log.state_since
    done_at = int(log.state_since.timestamp()) // 60 if state is LogState.DONE else 0
    minutes = 0 if entry.minutes is None else entry.minutes + 1
    said = Said(
        understanding=_with_mark(row.said.understanding, cell, str(entry.understanding or BLANK)),
        pace=_with_mark(row.said.pace, cell, PACES[entry.pace] if entry.pace else BLANK),
        minutes=_with_number(row.said.minutes, cell, minutes, MINUTES),
        done_at=_with_number(row.said.done_at, cell, done_at, MOMENTS),
    )
    logged = (row.logged_at, row.logged_cell)
    if log.revision:  # else only staff have been here
        logged = max((log.updated_at, cell), (row.logged_at or log.updated_at, row.logged_cell))
    return replace(
        row,
        marks=_with_mark(row.marks, cell, MARKS[state]),
        stuck_since=stuck_since,
        logged_at=logged[0],
        logged_cell=logged[1],
        said=said,
    )


def numbers(packed: bytes, kind: str) -> tuple[int, ...]:
    """Return the packed numbers by cell as they are stored."""
    return struct.unpack(f"<{len(packed) // struct.calcsize(kind)}{kind}", packed)


def _with_mark(marks: str, cell: int, mark: str) -> str:
    """Return the string with one cell set, and without blanks at its end."""
    padded = marks.ljust(cell + 1, BLANK)
    return (padded[:cell] + mark + padded[cell + 1 :]).rstrip(BLANK)


def _with_number(packed: bytes, cell: int, number: int, kind: str) -> bytes:
    """Return the numbers with one cell set, and without zeros at their end."""
    size = struct.calcsize(f"<{kind}")
    padded = packed.ljust((cell + 1) * size, b"\0")
    start = cell * size
    new = padded[:start] + struct.pack(f"<{kind}", number) + padded[start + size :]
    return new[: -(-len(new.rstrip(b"\0")) // size) * size]
