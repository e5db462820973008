"""Makes .venv and keeps packages, assets and translations current; standard library only.

Each step leaves a stamp, so that a second start finds nothing to do.
"""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import assets
from support import ROOT, digest, noted, run, say, stop

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def enter(*requirements: str) -> None:
    """Return inside .venv, with these requirement files installed and everything built.

    Called by another Python, it makes .venv where needed and starts the same command in it.
    """
    inside = Path(sys.prefix).resolve() == VENV.resolve()
    with one_at_a_time(), stopped_by_signals():
        if inside:
            install(*requirements)
            assets.build()
            compile_translations()
        elif not is_whole():
            make_environment()
    if not inside:
        os.execv(PYTHON, [PYTHON, *sys.argv])


def database_requirements() -> list[str]:
    """Return what the scripts need beside Didim's own: the embedded server, or nothing."""
    return [] if os.environ.get("MONGODB_URI") else ["requirements-embedded.txt"]


def is_whole() -> bool:
    """Tell whether .venv is usable: one whose making was cut short has no pip."""
    if not PYTHON.exists():
        return False
    found = subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False)
    return found.returncode == 0


def make_environment() -> None:
    """Make .venv."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        stop(
            "Python's venv module is missing; on Debian or Ubuntu: apt install python3-venv",
            "Python의 venv 모듈이 없습니다. Debian이나 Ubuntu에서는 apt install python3-venv",
        )
    say("making .venv ...")
    run(sys.executable, "-m", "venv", "--clear", VENV)


def install(*requirements: str) -> None:
    """Install the requirement files that are not installed as they are now."""
    stamp = VENV / "installed.json"
    installed = json.loads(noted(stamp) or "{}")
    wanted = {name: digest(ROOT / name) for name in requirements}
    missing = [name for name in requirements if installed.get(name) != wanted[name]]
    if not missing:
        return
    say("installing packages, about half a minute ...")
    files = [part for name in missing for part in ("-r", name)]
    exact = ("--no-deps", "--require-hashes", "--only-binary", "secantusdb")
    run(sys.executable, "-m", "pip", "install", "--quiet", "--no-input", *exact, *files)
    stamp.write_text(json.dumps(installed | wanted), encoding="utf-8")


def compile_translations() -> None:
    """Compile the catalogues if one is newer than what was made of it."""
    catalogues = list((ROOT / "translations").glob("*/LC_MESSAGES/*.po"))
    if any(is_newer(source, source.with_suffix(".mo")) for source in catalogues):
        say("compiling translations ...")
        run(sys.executable, "-m", "babel.messages.frontend", "compile", "-d", "translations")


def is_newer(source: Path, made: Path) -> bool:
    """Tell whether the source changed since."""
    return not made.exists() or source.stat().st_mtime > made.stat().st_mtime


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold back a second set-up in this folder until the first is done."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Have a signal end the step that runs, not this process alone: no pip is left behind."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, leave) for number in signals}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def leave(number: int, _: object) -> None:
    """Exit as a process does that this signal ended."""
    sys.exit(128 + number)
