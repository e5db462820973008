"""Has dclint, which npm brings for this run alone, read deploy/compose.yaml.

It proves that the file keeps to Compose's schema and to dclint's rules, and that dclint refuses
copies that do not. It needs npm and the network, and took 6 seconds.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

COMPOSE = Path(__file__).resolve().parents[3] / "deploy" / "compose.yaml"
DCLINT = ("npm", "exec", "--yes", "--package=dclint@3.1.0", "--", "dclint", "--max-warnings=0")
ORDER = ("--disable-rule", "service-keys-order")  # it wants what is merged in to come last
BREAKS = {"127.0.0.1:8000-8007": "8000-8007", "stop_grace_period": "stop_grace_perod"}


def main() -> None:
    """Lint the file and its broken copies; SystemExit says what is wrong."""
    text = COMPOSE.read_text(encoding="utf-8")
    said = lint(text)
    if said:
        raise SystemExit(said)
    for sound, broken in BREAKS.items():
        if not lint(text.replace(sound, broken)):
            raise SystemExit(f"dclint takes {broken}")


def lint(text: str) -> str:
    """Return what dclint says of a compose file; nothing if it is clean."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "compose.yaml"
        file.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [*DCLINT, file, *ORDER], cwd=folder, capture_output=True, text=True, check=False
        )
    return done.stdout + done.stderr if done.returncode else ""


if __name__ == "__main__":
    main()
