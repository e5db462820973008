"""An xlsx file within bounds, before a reader that allocates all that lies before a far cell.

The parts that hold cells are unpacked up to a bound and parsed here, strictly; what is handed on
is a new file of just those parts, so that the reader sees nothing else than what was checked.
"""

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from tracker.errors import Invalid

UNPACKED_MOST = 32 * 2**20  # bytes of all parts
ROWS_MOST = 2_000
LINES_MOST = ROWS_MOST + 500  # blank ones among them
WIDTH_MOST = 702  # columns up to ZZ
PARTS_MOST = 1_000
PART = re.compile(
    r"\[content_types\]\.xml|(?:xl/)?_rels/[^/]*\.rels"
    r"|xl/(?:workbook|styles|sharedstrings|worksheets/[^/]+)\.xml",
    re.IGNORECASE,
)
PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.IGNORECASE)
NUMBER = re.compile(r"[0-9]{1,7}")
DAMAGES = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, expat.ExpatError),
    *(OSError, EOFError, NotImplementedError, RuntimeError, ValueError, LookupError),
)


def checked(data: bytes) -> bytes:
    """Return an xlsx file of the parts that hold cells, which are within bounds.

    Raises Invalid: "too_large", "too_many_rows" or "broken_file".
    """
    file = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(file, "w") as again:
            for name, part in _unpacked(packed):
                _Cells().check(part)
                again.writestr(name, part)
    except DAMAGES as error:
        raise Invalid(["broken_file"]) from error
    return file.getvalue()


def _unpacked(packed: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of each part; a size that the file tells is not believed."""
    parts = [each for each in packed.infolist() if PART.fullmatch(each.filename)]
    if len(parts) > PARTS_MOST or len({each.filename.lower() for each in parts}) < len(parts):
        raise Invalid(["broken_file"])
    left = UNPACKED_MOST
    for each in parts:
        with packed.open(each) as stream:
            part = stream.read(left + 1)
        left -= len(part)
        if left < 0:
            raise Invalid(["too_large"])
        yield each.filename, part


class _Cells:
    """Follows where each cell of a part stands, by what it says or by what came before it."""

    def __init__(self) -> None:
        self.row = self.column = self.in_row = self.rows = 0

    def check(self, part: bytes) -> None:
        """Raise Invalid if a cell is out of bounds, or if readers could differ on the part."""
        if b"\0" in part:  # UTF-16: the same bytes may be another document in UTF-8
            raise Invalid(["broken_file"])
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler = self._start
        parser.StartDoctypeDeclHandler = _refuse  # no entities
        parser.CommentHandler = _refuse  # their end is read in more than one way
        parser.Parse(part, True)  # noqa: FBT003  takes no keyword

    def _start(self, name: str, said: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "row":
            self.row = _number(said["r"]) if "r" in said else self.row + 1
            self.rows += 1
            self.column = self.in_row = 0
        elif kind == "c":
            self.in_row += 1
            self.column, row = _place(said["r"]) if "r" in said else (self.column + 1, self.row)
            if max(self.column, self.in_row) > WIDTH_MOST or max(row, self.rows) > LINES_MOST:
                raise Invalid(["too_many_rows"])


def _number(text: str) -> int:
    if not NUMBER.fullmatch(text):
        raise Invalid(["broken_file"])
    return int(text)


def _place(text: str) -> tuple[int, int]:
    """Return column and row of a cell, both from 1."""
    found = PLACE.fullmatch(text)
    if not found:
        raise Invalid(["broken_file"])
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(found[2])


def _refuse(*_said: object) -> None:
    raise Invalid(["broken_file"])
