"""script/rehearse runs what is named, and fails if one of them does."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.tools import ROOT


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house with a rehearsal that goes well, and one that does not."""
    folder = tmp_path / "script" / "lib" / "rehearsals"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "script" / "rehearse", tmp_path / "script")
    for name in ("rehearse.py", "support.py"):
        shutil.copy(ROOT / "script" / "lib" / name, tmp_path / "script" / "lib")
    (folder / "good.py").write_text('"""Proves nothing."""\n')
    (folder / "bad.py").write_text('"""Proves less."""\nraise SystemExit(3)\n')
    return tmp_path


def rehearse(house: Path, *names: str) -> subprocess.CompletedProcess[str]:
    command = [str(house / "script" / "rehearse"), *names]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_each_is_told_of_and_one_that_fails_counts(house: Path) -> None:
    done = rehearse(house)

    assert done.returncode == 1
    assert "s, failed" in done.stderr
    assert "s, ok" in done.stderr


def test_the_named_one_runs_alone(house: Path) -> None:
    done = rehearse(house, "good")

    assert done.returncode == 0
    assert "bad" not in done.stderr


def test_what_is_not_there_is_refused(house: Path) -> None:
    assert "bad, good" in rehearse(house, "better").stderr
    assert rehearse(house, "better").returncode == 1


def test_each_of_ours_says_what_it_proves() -> None:
    names = {path.stem for path in (ROOT / "script" / "lib" / "rehearsals").glob("*.py")}

    lines = rehearse(ROOT, "--help").stdout.splitlines()

    assert {line.partition(": ")[0] for line in lines} == names
    assert all(line.partition(": ")[2] for line in lines)
