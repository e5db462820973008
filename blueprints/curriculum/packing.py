"""A cohort's files in one ZIP that is sent while it is written: it never stands in memory."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import quote

from tracker.reports.cohort_out import Sheet
from tracker.tables import BOM, neutral

CHUNK = 2**16


class _Outbox(io.RawIOBase):
    """Takes what the archive writes, and hands it on."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.waiting = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._parts.append(bytes(data))
        self.waiting += len(data)
        return len(data)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken, self._parts, self.waiting = b"".join(self._parts), [], 0
        return taken


def packed(curriculum: str, sheets: Iterable[Sheet], *, at: datetime) -> Iterator[bytes]:
    """Yield the archive: `curriculum.yaml`, then each table as CSV in UTF-8 with BOM."""
    outbox = _Outbox()
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_entry("curriculum.yaml", at), curriculum)
        for sheet in sheets:
            with archive.open(_entry(sheet.name, at), "w", force_zip64=True) as file:
                for line in _lines(sheet):
                    file.write(line.encode())
                    if outbox.waiting > CHUNK:
                        yield outbox.take()
    yield outbox.take()


def as_download(name: str) -> dict[str, str]:
    """Return the headers of a file with this name, in any script."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, at.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _lines(sheet: Sheet) -> Iterator[str]:
    text = io.StringIO()
    writer = csv.writer(text)
    text.write(BOM)
    writer.writerow(sheet.head)
    for row in sheet.rows:
        writer.writerow(map(neutral, row))
        yield text.getvalue()
        text.seek(0)
        text.truncate()
    yield text.getvalue()
