"""A table as a file that a spreadsheet opens: rows in, bytes out.

A text that a spreadsheet would take for a formula gets an apostrophe before it.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from xlsxwriter import Workbook

Cell = str | int | float | date | None
FORMULA = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"
SHEET = "Sheet1"
MIME = {
    "csv": "text/csv",  # an answer adds the charset of every text
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Table:
    """A head and rows of as many cells; None is an empty cell."""

    head: Sequence[str]
    rows: Iterable[Sequence[Cell]]

    def written(self, kind: str) -> bytes:
        """Return the table as "csv" (UTF-8 with BOM) or "xlsx"."""
        return _as_csv(self) if kind == "csv" else _as_xlsx(self)


def neutral(cell: Cell) -> Cell:
    """Return the cell so that nothing in it is run."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _as_csv(table: Table) -> bytes:
    text = io.StringIO()
    text.write(BOM)
    writer = csv.writer(text)
    writer.writerow(map(neutral, table.head))
    writer.writerows(map(neutral, row) for row in table.rows)
    return text.getvalue().encode()


def _as_xlsx(table: Table) -> bytes:
    """Write row by row, so that the memory does not grow with the table."""
    file = io.BytesIO()
    with Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(SHEET)
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 1)
        for column, words in enumerate(table.head):
            sheet.write_string(0, column, str(neutral(words)), bold)
        for number, row in enumerate(table.rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, str(neutral(cell)))
                elif isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                elif cell is not None:
                    sheet.write_number(number, column, cell)
    return file.getvalue()
