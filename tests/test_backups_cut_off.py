"""A restore that is killed, or meets a slow server, ends well."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crashing import Killed, held_up
from tests.test_backups import a_full_house, backed_up
from tracker.documents import copying
from tracker.documents.schema import Db
from tracker.errors import Invalid
from tracker.use_cases import checking
from tracker.use_cases.restoring import restore


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PAUSE", 0.0)


def test_a_restore_that_was_killed_is_done_again_over_itself(
    db: Db, other: Db, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_full_house(db)
    path = backed_up(db, tmp_path)
    write, written = copying.write, []

    def dying(*part: object) -> int:
        written.append(part[1])
        if len(written) > 6:
            raise Killed
        return write(*part)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(copying, "write", dying)
        with pytest.raises(Killed):
            restore(other, path, key=None)
    assert other["lesson_logs"].count_documents({}) > 0
    assert other["people"].count_documents({}) == 0

    with pytest.raises(Invalid, match=f"another backup into {other.name} was cut off"):
        restore(other, backed_up(db, tmp_path / "later"), key=None)
    assert restore(other, path, key=None).problems == []
    assert other["people"].count_documents({}) == 4
    with pytest.raises(Invalid, match="is not empty"):
        restore(other, path, key=None)


def test_an_insert_may_take_longer_than_a_page_would_wait(db: Db, tmp_path: Path) -> None:
    a_full_house(db)
    path = backed_up(db, tmp_path)
    with held_up(tmp_path, copying, "lesson_logs") as slow:
        assert restore(slow, path, key=None).problems == []
