"""Answers that a browser saves as a file, whatever script its name is in."""

from io import BytesIO

from flask import Response, send_file

from tracker.tables import MIME, Table


def file_of(table: Table, name: str, kind: str) -> Response:
    """Return the table as a file that no cache keeps; `kind` ends its name.

    A header holds Latin-1 alone; the library writes other names in the way that browsers read.
    """
    file = BytesIO(table.written(kind))
    answer = send_file(file, MIME[kind], as_attachment=True, download_name=f"{name}.{kind}")
    answer.headers["Cache-Control"] = "no-store"
    return answer
