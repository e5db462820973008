"""A CSV or xlsx file as lines of texts, within bounds."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineWorkbook

from tracker.errors import Invalid
from tracker.posts.decoding import UndecodableError, decode

FILE_MOST = 2 * 2**20  # bytes
UNPACKED_MOST = 32 * 2**20  # bytes of one sheet
ROWS_MOST = 2_000
LINES_MOST = ROWS_MOST + 500  # blank ones among them
COLUMNS_MOST = 50
CELL_MOST = 2_000  # characters that are looked at
DELIMITERS = ",;\t"
CELL = re.compile(rb"""<(?:\w+:)?c [^>]*?\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")


@dataclass(frozen=True)
class Line:
    """A line of the file that is not blank; `number` counts from 1, as editors do."""

    number: int
    cells: tuple[str, ...]


def read_lines(data: bytes) -> list[Line]:
    """Return the lines of a CSV (UTF-8 or CP949) or of an xlsx file's first sheet.

    Raises Invalid: "too_large", "not_text", "broken_file", "too_many_rows" or "empty".
    """
    if len(data) > FILE_MOST:
        raise Invalid(["too_large"])
    lines = []
    for number, cells in _xlsx(data) if data.startswith(b"PK\x03\x04") else _csv(data):
        if any(cells):
            lines.append(Line(number, tuple(cells[:COLUMNS_MOST])))
        if number > LINES_MOST or len(lines) > ROWS_MOST + 1:  # the head is one of them
            raise Invalid(["too_many_rows"])
    if not lines:
        raise Invalid(["empty"])
    return lines


def _csv(data: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = decode(data)
    except UndecodableError as error:
        raise Invalid(["not_text"]) from error
    head = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=head.count))
    number = 1
    try:
        for cells in reader:
            yield number, [cell[:CELL_MOST].strip() for cell in cells]
            number = reader.line_num + 1
    except csv.Error as error:
        raise Invalid(["broken_file"]) from error


def _xlsx(data: bytes) -> Iterator[tuple[int, list[str]]]:
    _refuse_wide(data)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, OSError, IndexError) as error:
        raise Invalid(["broken_file"]) from error
    for number, row in enumerate(rows, start=1):
        yield number, [_text(cell) for cell in row]


def _refuse_wide(data: bytes) -> None:
    """Refuse a file that would unpack to more than bounds: a far cell costs all before it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(each.file_size for each in packed.infolist()) > UNPACKED_MOST:
                raise Invalid(["too_large"])
            sheets = [name for name in packed.namelist() if name.startswith("xl/worksheets/")]
            for column, row in (
                place for name in sheets for place in CELL.findall(packed.read(name))
            ):
                if len(column) > 2 or int(row) > LINES_MOST:
                    raise Invalid(["too_many_rows"])
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise Invalid(["broken_file"]) from error


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell)[:CELL_MOST].strip()
