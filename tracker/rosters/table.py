"""A CSV or xlsx file as lines of texts, within bounds."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineWorkbook

from tracker.errors import Invalid
from tracker.posts.decoding import UndecodableError, decode
from tracker.rosters.workbook import LINES_MOST, ROWS_MOST, checked

FILE_MOST = 2 * 2**20  # bytes
COLUMNS_MOST = 50
CELL_MOST = 2_000  # characters that are looked at
DELIMITERS = ",;\t"


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
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(checked(data)))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError, LookupError, RuntimeError) as error:
        raise Invalid(["broken_file"]) from error
    for number, row in enumerate(rows, start=1):
        yield number, [_text(cell) for cell in row]


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell)[:CELL_MOST].strip()
