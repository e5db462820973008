"""systemd takes the units as they are, and finds them closed to all that they do not need."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.tools import DEPLOY, needs

pytestmark = needs("systemd-analyze")

UNITS = Path("etc/systemd/system")
NAMES = sorted(path.name for path in (DEPLOY / "systemd").iterdir() if path.is_file())
SERVICES = [name for name in NAMES if name.endswith(".service")]
PROGRAMS = (
    "bin/bash",
    "bin/kill",
    "opt/didim/current/.venv/bin/python",
    "opt/didim/current/deploy/bin/flask",
    "opt/didim/database/bin/python",
)
WORST = "20"  # tenths: systemd's own scale goes from 0 to 10


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The root of a machine with our units, systemd's own targets and the programs they run."""
    shutil.copytree(DEPLOY / "systemd", tmp_path / UNITS)
    own = tmp_path / "usr/lib/systemd/system"
    own.mkdir(parents=True)
    for target in Path("/lib/systemd/system").glob("*.target"):
        shutil.copy(target, own)
    for program in PROGRAMS:
        path = tmp_path / program
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    return tmp_path


def analyze(verb: str, machine: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", verb, f"--root={machine}", *arguments]
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )


def complaints(machine: Path, unit: str) -> str:
    """Return what systemd says of the unit: nothing if it is right, whatever the exit status."""
    found = analyze("verify", machine, unit)
    return found.stdout or ("" if found.returncode == 0 else f"exit status {found.returncode}")


def is_closed(machine: Path, service: str) -> bool:
    """Tell whether systemd finds the service exposed no more than WORST."""
    arguments = ("--offline=true", f"--threshold={WORST}", "--no-pager", service)
    found = analyze("security", machine, *arguments)
    assert f"exposure level for {service}" in found.stdout
    return found.returncode == 0


def change(machine: Path, unit: str, old: str, new: str) -> None:
    """Put other words into the machine's copy of a unit."""
    path = machine / UNITS / unit
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize("unit", NAMES)
def test_systemd_has_nothing_to_say_of_a_unit(machine: Path, unit: str) -> None:
    assert complaints(machine, unit) == ""


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_closed(machine: Path, service: str) -> None:
    assert is_closed(machine, service)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_without_its_hardening_is_refused(machine: Path, service: str) -> None:
    for folder in ("didim-.service.d", "didim.service.d"):
        shutil.rmtree(machine / UNITS / folder)

    assert not is_closed(machine, service)


def test_an_unknown_key_is_refused(machine: Path) -> None:
    change(machine, "didim.service", "TimeoutStopSec", "TimeoutStoppSec")

    assert "TimeoutStoppSec" in complaints(machine, "didim.service")


@pytest.mark.parametrize("service", SERVICES)
def test_a_missing_program_is_refused(machine: Path, service: str) -> None:
    for program in PROGRAMS[2:]:
        (machine / program).unlink()

    assert "is not executable" in complaints(machine, service)
