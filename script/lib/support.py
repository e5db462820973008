"""What the scripts share: where things are, how to run a step, how to stop with a message."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
INSTANCE = Path(os.environ.get("INSTANCE_PATH", ROOT / "instance")).absolute()
LOG = INSTANCE / "setup.log"
OFFLINE = re.compile(
    "connection broken by|NewConnectionError|ConnectTimeout|ReadTimeout"
    "|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT"
)


def say(text: str) -> None:
    """Tell what is being done."""
    print(f"didim: {text}", file=sys.stderr, flush=True)


def stop(english: str, korean: str) -> NoReturn:
    """Stop with one line that says what is wrong and what to do."""
    say(f"{english} / {korean}")
    raise SystemExit(1)


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    """Run one step of the set-up, its output in the log; stop with a message if it fails."""
    INSTANCE.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    LOG.write_text(f"{command}\n{done.stdout}{done.stderr}", encoding="utf-8")
    if done.returncode == 0:
        return
    if OFFLINE.search(done.stderr):
        stop(
            f"No network: packages could not be downloaded. Details: {LOG}",
            "네트워크에 연결할 수 없어 패키지를 내려받지 못했습니다.",
        )
    stop(
        f"A step of the set-up failed. Details: {LOG}",
        f"설치 단계 하나가 실패했습니다. 자세한 내용: {LOG}",
    )


def digest(*files: Path, also: str = "") -> str:
    """Return a hash that changes when one of the files or the text does."""
    total = hashlib.sha256(also.encode())
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


def noted(stamp: Path) -> str:
    """Return what the stamp says was built; nothing if there is none."""
    return stamp.read_text(encoding="utf-8") if stamp.exists() else ""
