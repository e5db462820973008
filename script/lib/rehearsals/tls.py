"""testssl finds no weakness in the real nginx site, and finds one in a copy with an old cipher.

It took 4.5 minutes while two cores were shared by twenty programs; 41 s of that were its work.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import setup
from checks import REQUIREMENTS

ROOT = Path(__file__).resolve().parents[3]
COMMAND = (".venv/bin/python", "-m", "pytest", "-q", "-n", "0", "tests/deploy/rehearse_tls.py")


def main() -> None:
    """Run it; raises CalledProcessError if it fails."""
    setup.enter(*REQUIREMENTS)
    subprocess.run([ROOT / COMMAND[0], *COMMAND[1:]], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
