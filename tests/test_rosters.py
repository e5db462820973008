"""Files that say who is in a cohort: any spreadsheet's way of saving, each error by its line."""

from __future__ import annotations

import io
import time
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some
from xlsxwriter import Workbook

from tracker.errors import Invalid
from tracker.models import Role, Status
from tracker.rosters.reading import Problem, Row, read_roster
from tracker.rosters.table import ROWS_MOST

HEAD = "name,email,role,coach,status\n"
ADA = Row(2, "Ada", "ada@example.com")


def xlsx(rows: list[list[object]]) -> bytes:
    file = io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"name,email\nAda,ada@example.com\n",
        b"\xef\xbb\xbfname;email\r\nAda;ADA@Example.com\r\n",
        b"Email\tName\n\n ada@example.com \t Ada \n".replace(b"\n\n", b"\n"),
        "이름,이메일\nAda,ada@example.com\n".encode("cp949"),
        "이름,이메일,전화\nAda,ada@example.com,1\n".encode(),
        xlsx([["이름", "이메일"], ["Ada", " ada@example.com "]]),
    ],
)
def test_any_way_of_saving_gives_the_same_row(data: bytes) -> None:
    roster = read_roster(data)
    assert (roster.rows, roster.problems) == ((ADA,), ())


def test_a_row_says_role_coach_and_status_in_either_language() -> None:
    text = (
        HEAD + "Ada,ada@example.com,수강생,BEN@example.com,참여 중\nBen,ben@example.com,Coach,,\n"
    )
    assert read_roster(text.encode()).rows == (
        Row(2, "Ada", "ada@example.com", Role.LEARNER, "ben@example.com", Status.ACTIVE),
        Row(3, "Ben", "ben@example.com", Role.COACH),
    )


def test_each_error_has_its_line_and_field() -> None:
    text = HEAD + (
        ",ada@example.com,,,\n\n"
        '"two\nlines",no address,,,\n'
        "Eve,ada@example.com,boss,nobody,gone\n"
        f"{'x' * 101},,,,\n"
    )
    assert read_roster(text.encode()).problems == (
        Problem(2, "name", "name_missing"),
        Problem(4, "email", "email_bad", "no address"),
        Problem(6, "role", "role_unknown", "boss"),
        Problem(6, "coach", "email_bad", "nobody"),
        Problem(6, "status", "status_unknown", "gone"),
        Problem(6, "email", "email_twice", "2"),
        Problem(7, "name", "name_long", "x" * 100),
        Problem(7, "email", "email_missing"),
    )


def far_cell() -> bytes:
    """Return an xlsx whose only other cell is the last one that there can be."""
    file = io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["name", "email"])
        sheet.write(1_048_575, 16_383, "x")
    return file.getvalue()


def with_part(part: bytes, name: str = "xl/worksheets/sheet1.xml", **parts: bytes) -> bytes:
    """Return an xlsx file with another part in place of its own."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx([["name", "email"]]))) as book,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for each in book.namelist():
            packed.writestr(each, part if each == name else book.read(each))
        for each in {name, *parts} - set(book.namelist()):
            packed.writestr(each, parts.get(each, part))
    return file.getvalue()


def sheet_of(rows: str, *, head: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'
    return f'<?xml version="1.0"?>{head}{sheet}'.encode()


NEAR = '<row r="1"><c r="A1"><v>1</v></c></row>'
FAR = f'{NEAR}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ('<row r="1"><c\nr="XFD1048576"/></row>', "too_many_rows"),
        ('<row r="1"><c\tr = "XFD1"/></row>', "too_many_rows"),
        ("<row r='1'><c r='&#88;FD1048576'/></row>", "too_many_rows"),
        ('<row r="1"><c r="xfd1048576"/></row>', "too_many_rows"),
        ('<row r="1048576"><c><v>1</v></c></row>', "too_many_rows"),
        ('<row r="1048575"/><row><c><v>1</v></c></row>', "too_many_rows"),
        (f'<row r="1">{"<c/>" * 1_000}</row>', "too_many_rows"),
        ("<row><c/></row>" * 3_000, "too_many_rows"),
        ('<row r="1"><c r="A99999999999999999999"/></row>', "broken_file"),
        ('<row r="-1"><c/></row>', "broken_file"),
        ('<row r="1"><c r=""/></row>', "broken_file"),
        ("<!--><c r='XFD1048576'/>-->", "broken_file"),
        ("<row>", "broken_file"),
    ],
)
def test_a_cell_that_is_out_of_bounds_is_found_however_it_is_written(rows: str, kind: str) -> None:
    started = time.monotonic()
    with pytest.raises(Invalid) as refused:
        read_roster(with_part(sheet_of(f"{NEAR}{rows}")))
    assert refused.value.problems == [kind]
    assert time.monotonic() - started < 5


def test_a_sheet_is_read_from_its_folder_alone_and_without_entities() -> None:
    elsewhere = with_part(sheet_of(FAR), "xl/other.xml")
    with zipfile.ZipFile(io.BytesIO(elsewhere)) as book:
        links = book.read("xl/_rels/workbook.xml.rels").replace(b"worksheets/sheet1", b"other")
    moved = with_part(links, "xl/_rels/workbook.xml.rels", **{"xl/other.xml": sheet_of(FAR)})
    entity = sheet_of(NEAR, head='<!DOCTYPE x [<!ENTITY a "b">]>')
    wide = sheet_of(FAR).decode().encode("utf-16")
    for data in (moved, with_part(entity), with_part(wide)):
        with pytest.raises(Invalid, match="broken_file"):
            read_roster(data)


def test_far_rows_without_cells_do_no_harm() -> None:
    texts = {"A1": "name", "B1": "email", "A2": "Ada", "B2": "ada@example.com"}
    cells = [
        f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>' for place, text in texts.items()
    ]
    rows = f'<row r="1">{"".join(cells[:2])}</row><row r="2">{"".join(cells[2:])}</row>'
    rows += '<row r="1048576" ht="12"/>'
    assert read_roster(with_part(sheet_of(rows))).rows == (ADA,)


def test_a_damaged_file_is_refused_or_read() -> None:
    whole = xlsx([["name", "email"], ["Ada", "ada@example.com"]])
    for place in range(0, len(whole), 8):
        data = bytearray(whole)
        data[place : place + 3] = bytes(255 - byte for byte in data[place : place + 3])
        with suppress(Invalid):
            read_roster(bytes(data))


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * 40 * 2**20)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b"\n,,\n", "empty"),
        (b"x" * (2 * 2**20 + 1), "too_large"),
        (bomb(), "too_large"),
        (far_cell(), "too_many_rows"),
        (HEAD.encode() + b"Ada,a@b.cd\n" * (ROWS_MOST + 1), "too_many_rows"),
        (b"\xff\x00\x01", "not_text"),
        (b"PK\x03\x04 broken", "broken_file"),
        (xlsx([["name", "email"]])[:-200], "broken_file"),
        (b"first,last\n", "no_name_column"),
        (b"name,mobile\n", "no_email_column"),
        ("name,email,이메일\n".encode(), "column_twice"),
        (b"name,email,role,coach,status\n", "no_people"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_as_a_whole(data: bytes, kind: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_roster(data)
    assert refused.value.problems == [kind]


def test_the_most_rows_are_read() -> None:
    lines = "".join(f"N,n{number}@example.com,,,\n" for number in range(ROWS_MOST))
    assert len(read_roster((HEAD + lines).encode()).rows) == ROWS_MOST


@given(some.binary(max_size=300) | some.text(max_size=300).map(str.encode))
def test_nothing_at_all_breaks_it(data: bytes) -> None:
    for start in (b"", b"name,email\n", b"PK\x03\x04"):
        with suppress(Invalid):
            roster = read_roster(start + data)
            wrong = {problem.line for problem in roster.problems}
            assert all(
                row.name and "@" in row.email for row in roster.rows if row.line not in wrong
            )
