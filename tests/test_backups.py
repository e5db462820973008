"""A backup that is made while people work comes back whole."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import bson
import pytest
from bson.raw_bson import RawBSONDocument
from flask import Flask
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from embedded import EmbeddedMongo
from tests.cast import PASSWORD, Cast, make_cast
from tests.helping import asks, stands_in_queue
from tests.test_commands import run
from tracker.backups.folder import Folder
from tracker.backups.keeping import Keep
from tracker.clock import utc_now
from tracker.documents import copying, jobs_done, leases
from tracker.documents.preparing import COLLECTIONS, prepare
from tracker.documents.schema import Db
from tracker.errors import Invalid
from tracker.models import LogState
from tracker.use_cases import checking, migrating
from tracker.use_cases.accounts import sign_in
from tracker.use_cases.backing_up import back_up
from tracker.use_cases.checking import check
from tracker.use_cases.restoring import LEAP, restore

Raw = dict[str, list[bytes]]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PAUSE", 0.0)


def raw_of(db: Db, *names: str) -> Raw:
    """Return every document of a backup's collections, byte for byte, in the order of their ids."""
    options = bson.CodecOptions(RawBSONDocument)
    found = {
        name: {each["_id"]: each.raw for each in db[name].with_options(options).find({})}
        for name in names or copying.ORDER
    }
    return {name: [each[key] for key in sorted(each)] for name, each in found.items()}


def backed_up(db: Db, folder: Path, key: bytes | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    made = back_up(db, Folder(folder), key=key, keep=None, work=folder, app="1.0.0", at=utc_now())
    return Path(made.address)


def a_full_house(db: Db) -> Cast:
    """Return the cast once they have written something of most kinds."""
    cast = make_cast(db, at=utc_now() - timedelta(days=40))
    cast.ada_logs(db, "python", LogState.STUCK, line="첫 줄 · first line")
    cast.ada_logs(db, "python", LogState.DONE, revision=1, note="# 메모\n" * 1_000)
    asks(db, cast)
    return cast


def test_every_collection_is_in_a_backup() -> None:
    # a lease says who works now, not what is so
    assert sorted([*copying.ORDER, leases.NAME]) == sorted(module.NAME for module in COLLECTIONS)


@pytest.mark.parametrize("key", [None, bytes(range(32))])
def test_what_comes_back_is_the_same_byte_for_byte(
    db: Db, other: Db, tmp_path: Path, key: bytes | None
) -> None:
    a_full_house(db)
    path = backed_up(db, tmp_path, key)
    restored = restore(other, path, key=key)

    assert (restored.problems, restored.left_out) == ([], 0)
    assert restored.counts == {name: db[name].count_documents({}) for name in copying.ORDER}
    other["cohorts"].update_many({}, {"$inc": {"version": -LEAP}})
    assert raw_of(other) == raw_of(db)
    assert check(other) == []
    assert sign_in(other, "ada@example.com", PASSWORD)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_an_older_version_backed_up_is_migrated(db: Db, other: Db, tmp_path: Path) -> None:
    a_full_house(db)
    name = migrating.NAMES[0]
    db[jobs_done.NAME].delete_one({"_id": name})
    path = backed_up(db, tmp_path)
    began = utc_now()
    assert restore(other, path, key=None).problems == []
    assert jobs_done.find_all(other)[name].at >= began


def test_a_damaged_file_writes_nothing(db: Db, other: Db, tmp_path: Path) -> None:
    a_full_house(db)
    path = backed_up(db, tmp_path)
    data = path.read_bytes()
    for wrong in (data[:-1], data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]):
        path.write_bytes(wrong)
        with pytest.raises(Invalid, match="cannot be used"):
            restore(other, path, key=None)
    records = [name for name in copying.ORDER if name != copying.JOBS]
    assert not any(other[name].find_one({}) for name in (*records, copying.MARKER))


def test_a_database_with_documents_is_left_alone(db: Db, other: Db, tmp_path: Path) -> None:
    a_full_house(db)
    path = backed_up(db, tmp_path)
    make_cast(other)
    before = raw_of(other)
    with pytest.raises(Invalid, match="is not empty; name another with --into"):
        restore(other, path, key=None)
    assert raw_of(other) == before


def test_a_document_that_does_not_fit_is_named_without_its_text(
    db: Db, other: Db, tmp_path: Path
) -> None:
    cast = a_full_house(db)
    secret = "nobody may read this"
    broken = {"$set": {"note_html": 5, "entry.note": secret}}
    db["lesson_logs"].update_one({}, broken, bypass_document_validation=True)
    assert db["lesson_logs"].find_one({"note_html": 5}), "the test's own server checked it"
    with pytest.raises(Invalid, match="does not fit this version") as error:
        restore(other, backed_up(db, tmp_path), key=None)
    assert secret not in str(error.value)
    assert cast.ada_place.id not in str(error.value)


def test_of_two_with_one_unique_value_the_first_stays(
    db: Db, other: Db, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ticket was open when it was read; the next one was, before the reading came to its end."""
    cast = a_full_house(db)
    first = stands_in_queue(db, cast)
    second = bson.encode({**(db["help_queue"].find_one({}) or {}), "_id": "second"})
    read = copying.read_all

    def reading(db: Db, *, snapshot: bool) -> Iterator[tuple[str, bytes]]:
        for name, documents in read(db, snapshot=snapshot):
            yield name, documents + second if name == "help_queue" and documents else documents

    monkeypatch.setattr(copying, "read_all", reading)
    restored = restore(other, backed_up(db, tmp_path), key=None)

    assert (restored.left_out, restored.problems) == (1, [])
    assert [each["_id"] for each in other["help_queue"].find({})] == [first]


def test_the_commands_say_what_they_did(app: Flask, db: Db, other: Db, tmp_path: Path) -> None:
    a_full_house(db)
    made = run(app, "backup", "create", str(tmp_path))
    name = re.search(rf"{tmp_path}/\S+\.didim", made.output)
    assert name, made.output
    assert re.search(r": \d+ documents, 0\.\d MB, read back\n$", made.output)
    assert run(app, "backup", "list", str(tmp_path)).output.startswith(name[0])
    assert "  people\n" in run(app, "backup", "verify", name[0]).output
    restored = run(app, "backup", "restore", name[0], "--into", other.name)
    assert restored.output.startswith(f"{other.name}: ")
    assert check(other) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("create", "{}/none"), "there is no folder {}/none; create it first"),
        (("create", "{}", "--keep", "7"), "BACKUP_KEEP is three numbers, days, weeks and months"),
        (("create", "{}", "--key-file", "{}/key"), "the key file {}/key cannot be read"),
        (("list", "{}/none"), "{}/none: No such file or directory"),
        (("verify", "{}/none.didim"), "{}/none.didim: No such file or directory"),
        (("verify", "{}/text.didim"), "text.didim cannot be used: it is no backup of Didim"),
        (("restore", "{}/text.didim"), "text.didim cannot be used: it is no backup of Didim"),
        (("restore", "{}/text.didim", "--into", "a b"), "'a b' is no name of a database"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    app: Flask, db: Db, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    (tmp_path / "text.didim").write_text("some text\n")
    result = run(app, "backup", *(each.replace("{}", str(tmp_path)) for each in arguments))

    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert result.output.startswith("Error: " + told.replace("{}", str(tmp_path)))


def test_of_all_instances_one_makes_the_scheduled_backup(app: Flask, tmp_path: Path) -> None:
    create = ("backup", "create", "--scheduled")
    assert run(app, *create, "s3:///nowhere").exit_code == 1  # another may try
    assert "read back" in run(app, *create, str(tmp_path)).output
    assert "nothing is done" in run(app, *create, str(tmp_path)).output
    assert "read back" in run(app, *create[:2], str(tmp_path)).output


def test_a_disk_that_is_full_leaves_the_old_backups_alone(
    db: Db, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_full_house(db)
    good = backed_up(db, tmp_path)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Invalid, match="No space left on device"):
        back_up(
            db,
            Folder(tmp_path),
            key=None,
            keep=Keep(0, 0, 0),
            work=tmp_path,
            app="1.0.0",
            at=utc_now() + timedelta(days=1),
        )
    assert [each.name for each in tmp_path.glob("*didim*")] == [good.name]


def test_a_database_that_refuses_is_one_line(
    db: Db, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(*_: object) -> Iterator[bytes]:
        raise OperationFailure("not allowed", 13, {"codeName": "Unauthorized"})
        yield b""

    monkeypatch.setattr(copying, "_raw", refusing)
    with pytest.raises(Invalid, match=f"the database {db.name} refuses: Unauthorized"):
        backed_up(db, tmp_path)
    assert list(tmp_path.glob("*didim*")) == []


def test_a_database_that_is_away_is_one_line(tmp_path: Path) -> None:
    with (
        MongoClient[dict[str, object]](
            "mongodb://127.0.0.1:1/", serverSelectionTimeoutMS=200
        ) as away,
        pytest.raises(Invalid, match="the database didim does not answer"),
    ):
        backed_up(away["didim"], tmp_path)
    assert list(tmp_path.glob("*didim*")) == []


class AsReplicaSet(EmbeddedMongo):
    """An embedded server that says it is a replica set, and takes reads of a snapshot."""

    def _command(self) -> list[str]:
        return [each for each in super()._command() if each != "--standalone"]


@pytest.mark.parametrize("too_old", [False, True])
def test_a_snapshot_is_read_where_there_is_one_for_as_long_as_it_lasts(
    other: Db, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, too_old: bool
) -> None:
    read, raw, asked = copying.read_all, copying._raw, []

    def reading(db: Db, *, snapshot: bool) -> Iterator[tuple[str, bytes]]:
        asked.append(snapshot)
        return read(db, snapshot=snapshot)

    def aging(db: Db, name: str, session: object, *others: Any) -> Iterator[bytes]:
        if too_old and name == "people" and session is not None:
            raise OperationFailure("the snapshot is too old", 239)
        return raw(db, name, session, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(copying, "read_all", reading)
    monkeypatch.setattr(copying, "_raw", aging)
    with (
        AsReplicaSet(tmp_path) as server,
        MongoClient[dict[str, Any]](server.uri, tz_aware=True, directConnection=True) as client,
    ):
        db = client["didim"]
        prepare(db)
        a_full_house(db)
        path = backed_up(db, tmp_path)
        assert asked == ([True, False] if too_old else [True])
        assert restore(other, path, key=None).problems == []
        assert raw_of(other, "people", "lesson_logs") == raw_of(db, "people", "lesson_logs")
