"""A backup that is made while people work comes back whole."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import bson
import pytest
from bson.raw_bson import RawBSONDocument

from tests.cast import PASSWORD, Cast, make_cast
from tests.helping import asks
from tracker.backups.folder import Folder
from tracker.clock import utc_now
from tracker.documents import copying
from tracker.documents.preparing import COLLECTIONS
from tracker.documents.schema import Db
from tracker.models import LogState
from tracker.use_cases import checking
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
    assert set(copying.ORDER) == {module.NAME for module in COLLECTIONS}
    assert len(copying.ORDER) == len(COLLECTIONS)


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
