"""Tables as files: what a spreadsheet reads, and nothing that it would run."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from tracker.tables import Cell, Table

DANGEROUS = ["=1+1", "+82 10", "-2", "@SUM(A1)", "\t=1", "\r=1"]
TABLE = Table(
    ["이름", "=HEAD()"], [["가나, 다", 3], [None, -1.5], *([text, None] for text in DANGEROUS)]
)


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_xlsx(data: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def test_csv_begins_with_the_mark_that_excel_needs_for_hangul() -> None:
    data = TABLE.written("csv")
    assert data.startswith(b"\xef\xbb\xbf")
    assert read_csv(data)[:3] == [["이름", "'=HEAD()"], ["가나, 다", "3"], ["", "-1.5"]]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_nothing_in_a_file_is_run(kind: str) -> None:
    data = TABLE.written(kind)
    rows = read_csv(data) if kind == "csv" else read_xlsx(data)
    found = [str(row[0]) for row in rows[3:]]
    assert len(found) == len(DANGEROUS)
    assert all(text.startswith("'") for text in found), found
    assert found[0] == "'=1+1"


def test_xlsx_keeps_numbers_and_days_what_they_are() -> None:
    cells: list[Cell] = ["Ada", 7, -0.5, date(2031, 3, 13), None]
    (row,) = read_xlsx(Table(["a", "b", "c", "d", "e"], [cells]).written("xlsx"))[1:]
    assert row[:4] == ["Ada", 7, -0.5, date(2031, 3, 13)]
