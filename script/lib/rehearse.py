"""Runs the rehearsals named, or all of them in order; each says what it proves (--help)."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from support import say, stop

FOLDER = Path(__file__).parent / "rehearsals"


def main() -> int:
    """Run them all, whatever fails; return how many failed."""
    there = {path.stem: path for path in sorted(FOLDER.glob("*.py"))}
    if "--help" in sys.argv:
        for name, path in there.items():
            print(f"{name}: {first_line(path)}")
        return 0
    names = sys.argv[1:] or list(there)
    for name in names:
        if name not in there:
            stop(f"There is no rehearsal {name}: {', '.join(there)}.", "그런 예행연습은 없습니다.")
    return sum(not goes_well(name, there[name]) for name in names)


def first_line(path: Path) -> str:
    """Return the first line of the file's docstring."""
    return path.read_text(encoding="utf-8").split('"""')[1].splitlines()[0]


def goes_well(name: str, path: Path) -> bool:
    """Run one rehearsal by itself; say how long it took and whether it went well."""
    say(f"{name} ...")
    begun = time.monotonic()
    done = subprocess.run([sys.executable, path], check=False)
    took = time.monotonic() - begun
    say(f"{name}: {took:.0f} s, {'failed' if done.returncode else 'ok'}")
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
