"""The file of a backup: whatever happens to it is found out before anything is written."""

from __future__ import annotations

import base64
import io
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import bson
import pytest

from tracker.backups.chunks import CHUNK, LEAD, Damaged, read_key
from tracker.backups.container import (
    Header,
    count_backup,
    read_backup,
    read_header,
    write_backup,
)
from tracker.backups.folder import Folder
from tracker.backups.keeping import Keep, keep_from, made_at, name_for, not_kept
from tracker.errors import Invalid

KEY = bytes(range(32))
WHEN = datetime(2031, 3, 13, 3, 0, tzinfo=timezone.utc)


def documents(first: int, count: int, size: int) -> bytes:
    numbers = range(first, first + count)
    return b"".join(bson.encode({"_id": str(n), "text": os.urandom(size)}) for n in numbers)


PARTS = [
    ("people", documents(0, 3, 10)),
    ("posts", b""),
    ("lesson_logs", documents(0, 30, CHUNK // 20)),
    ("lesson_logs", documents(30, 30, CHUNK // 20)),
]
COUNTS = {"people": 3, "posts": 0, "lesson_logs": 60}


def written(key: bytes | None) -> bytes:
    file = io.BytesIO()
    header = Header(database="didim", began=WHEN.isoformat(), app="1.0.0")
    assert write_backup(file, header, PARTS, key) == COUNTS
    return file.getvalue()


PLAIN, SEALED = written(None), written(KEY)


def chunks_of(data: bytes) -> tuple[bytes, list[bytes]]:
    """Return the two lines at the beginning, and each chunk with its lead."""
    file = io.BytesIO(data)
    lines, chunks = file.readline() + file.readline(), []
    while lead := file.read(LEAD.size):
        chunks.append(lead + file.read(LEAD.unpack(lead)[1]))
    return lines, chunks


@pytest.mark.parametrize(("data", "key"), [(PLAIN, None), (SEALED, KEY)])
def test_what_was_written_is_read(data: bytes, key: bytes | None) -> None:
    read: dict[str, bytes] = {}
    for name, batch in read_backup(io.BytesIO(data), key):
        read[name] = read.get(name, b"") + batch

    assert read == {
        "people": PARTS[0][1],
        "posts": b"",
        "lesson_logs": PARTS[2][1] + PARTS[3][1],
    }
    assert read_header(io.BytesIO(data)).began_at == WHEN
    assert len(chunks_of(data)[1]) > 3
    assert (PARTS[2][1][200_000:200_040] in data) is (
        key is None
    )  # random texts cannot be compressed


@pytest.mark.parametrize(("data", "key"), [(PLAIN, None), (SEALED, KEY)])
def test_a_file_that_is_cut_anywhere_is_found_out(data: bytes, key: bytes | None) -> None:
    lines, chunks = chunks_of(data)
    ends = [0, 5, len(lines) - 1, len(lines), len(lines) + 3, len(data) - 1]
    ends += [len(lines) + sum(map(len, chunks[:number])) for number in range(1, len(chunks))]
    for end in ends:
        with pytest.raises(Damaged):
            count_backup(io.BytesIO(data[:end]), key)


@pytest.mark.parametrize(("data", "key"), [(PLAIN, None), (SEALED, KEY)])
def test_a_byte_that_is_flipped_anywhere_is_found_out(data: bytes, key: bytes | None) -> None:
    lines, chunks = chunks_of(data)
    places = {*range(0, len(lines) + 12, 3), *range(len(data) - 40, len(data))}
    places |= {len(lines) + sum(map(len, chunks[:number])) for number in range(len(chunks))}
    for place in places:
        wrong = bytearray(data)
        wrong[place] ^= 1
        with pytest.raises((Damaged, Invalid)):
            count_backup(io.BytesIO(bytes(wrong)), key)


@pytest.mark.parametrize(("data", "key"), [(PLAIN, None), (SEALED, KEY)])
def test_chunks_that_are_swapped_repeated_or_added_are_found_out(
    data: bytes, key: bytes | None
) -> None:
    lines, chunks = chunks_of(data)
    for wrong in (
        [chunks[1], chunks[0], *chunks[2:]],
        [chunks[0], chunks[0], *chunks[1:]],
        [*chunks[:1], *chunks[2:]],
        [*chunks, chunks[-1]],
    ):
        with pytest.raises(Damaged):
            count_backup(io.BytesIO(lines + b"".join(wrong)), key)


def test_a_sealed_chunk_fits_no_other_file_and_no_other_end() -> None:
    lines, chunks = chunks_of(SEALED)
    others = chunks_of(written(KEY))[1]
    ended = b"\1" + chunks[0][1:]
    for wrong in ([others[0], *chunks[1:]], [ended]):
        with pytest.raises(Damaged):
            count_backup(io.BytesIO(lines + b"".join(wrong)), KEY)


@pytest.mark.parametrize(
    ("data", "key", "told"),
    [
        (SEALED, None, "the backup is sealed"),
        (SEALED, bytes(32), "another key"),
        (PLAIN, KEY, "the backup is not sealed"),
        (b"didim backup 2\n" + PLAIN[15:], None, "another format"),
    ],
)
def test_a_wrong_key_or_format_is_told(data: bytes, key: bytes | None, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        count_backup(io.BytesIO(data), key)


def test_a_backup_that_nobody_closed_counts_as_damaged(tmp_path: Path) -> None:
    file = io.BytesIO()

    def until_killed() -> object:
        yield PARTS[2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_backup(file, Header("didim", WHEN.isoformat(), "1"), until_killed(), None)  # type: ignore[arg-type]
    with pytest.raises(Damaged):
        count_backup(io.BytesIO(file.getvalue()), None)


@pytest.mark.parametrize("text", ["", "not base64!", base64.b64encode(b"short").decode()])
def test_a_bad_key_file_is_told_without_its_content(tmp_path: Path, text: str) -> None:
    file = tmp_path / "key"
    file.write_text(text)
    with pytest.raises(Invalid) as error:
        read_key(file)
    assert str(file) in str(error.value)
    assert not text or text not in str(error.value)

    file.write_bytes(base64.b64encode(KEY) + b"\n")
    assert read_key(file) == KEY


def test_the_newest_of_each_day_week_and_month_stays() -> None:
    made = [WHEN - timedelta(hours=12 * number) for number in range(800)]
    names = [name_for("didim", at) for at in made]
    gone = set(not_kept(names, "didim", Keep(7, 4, 6)))
    kept = [at for name, at in zip(names, made, strict=True) if name not in gone]

    assert kept[:7] == [max(at for at in made if at.date() == day.date()) for day in made[:14:2]]
    assert len({at.isocalendar()[:2] for at in kept}) >= 4
    assert len({(at.year, at.month) for at in kept}) == 6
    assert len(kept) <= 7 + 4 + 6
    assert not_kept([name for name in names if name not in gone], "didim", Keep(7, 4, 6)) == []


def test_the_newest_and_what_is_not_ours_is_never_removed() -> None:
    newest, older = name_for("didim", WHEN), name_for("didim", WHEN - timedelta(days=1))
    others = [
        "notes.txt",
        "didim-2031.didim",
        name_for("other", WHEN),
        "didim-99999999T000000Z.didim",
    ]

    assert not_kept([newest, older, *others], "didim", Keep(0, 0, 0)) == [older]
    assert made_at(older, "didim") == WHEN - timedelta(days=1)


@pytest.mark.parametrize("text", ["7", "7,4", "a,b,c", "-1,2,3", "", "7,4,6,1"])
def test_a_retention_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="BACKUP_KEEP"):
        keep_from(text)
    assert keep_from("all") is None
    assert keep_from("7, 4,6") == Keep(7, 4, 6)


def test_a_file_has_its_name_only_once_it_is_proven(tmp_path: Path) -> None:
    folder = Folder(tmp_path)

    def refuse(path: Path) -> None:
        assert path.read_bytes() == b"content"
        raise Invalid(["no good"])

    with pytest.raises(Invalid, match="no good"):
        folder.add("a.didim", lambda file: file.write(b"content") and None, refuse)
    assert list(tmp_path.iterdir()) == []


def test_one_backup_at_a_time_and_no_leftovers(tmp_path: Path) -> None:
    left = tmp_path / "didim-20310313T030000Z.didim.part"
    left.touch()
    with Folder(tmp_path).alone():
        assert not left.exists()
        with pytest.raises(Invalid, match="is running"), Folder(tmp_path).alone():
            pass
    with pytest.raises(Invalid, match="create it first"), Folder(tmp_path / "none").alone():
        pass
