"""install.sh on a fresh Debian 12: files alone, then started, again, a bad upgrade, a good one.

A folder holds the machine (mmdebstrap); the first run takes its packages from the network. The
later ones have a network of their own, nginx and all, and a stand-in for systemd that runs the
units' own commands. Bad upgrades: one that cannot be loaded, one that is never ready, one whose
site nginx refuses; after each the version before answers. It takes 3 minutes of one processor.
"""

from __future__ import annotations

import re
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from machines import DOMAIN, debian, folder, inside, need, source, status_of
from support import say

OLD, NEW = Path("/srv/old"), Path("/srv/new")
CURRENT = Path("/opt/didim/current")
WATCHED = ("/etc/didim", "/etc/systemd/system", "/etc/nginx", "/etc/letsencrypt", "/etc/apt")


def main() -> None:
    """Make the machine, then rehearse in it."""
    need("mmdebstrap", "unshare", "ip")
    with folder() as path:
        root = path / "root"
        debian(root, "minbase")
        source(root / OLD.relative_to("/"))
        installer = f"{OLD}/deploy/ec2/install.sh"
        inside(root, installer, "--domain", DOMAIN, "--embedded-database")
        assert not list((root / "run").glob("didim.sock")), "it started something"
        say("files alone: ok")
        pip = f"{CURRENT}/.venv/bin/python -m pip download -q --no-deps -d /srv/wheels -r {OLD}/"
        inside(root, "sh", "-c", f"{pip}requirements.txt")
        inside(
            root,
            "/usr/bin/python3",
            f"{OLD}/script/lib/rehearsals/{Path(__file__).name}",
            "inside",
            offline=True,
        )


def rehearse() -> None:
    """Rehearse in the machine: start, start again, then other versions."""
    from systemd_stand_in import Manager  # noqa: PLC0415

    Manager()
    first = CURRENT.resolve()
    install(OLD, "is built already", "runs at https://")
    assert CURRENT.resolve() == first
    assert answers("/readyz") == 200
    (static,) = (first / "public/static").iterdir()
    assert answers(f"/static/{static.name}/css/page.css") == 200
    say("started: ok")
    before = state()
    for version in (OLD, CURRENT):
        install(version, "is built already", "runs at https://")
        assert state() == before, "a second run changed something"
        assert answers("/readyz") == 200
    say("again: ok")
    change_badly(first, before)
    change_well(first)


def change_badly(first: Path, before: dict[str, str]) -> None:
    """Change to versions that do not work; the first runs again each time."""
    for name, (file, old, new) in BAD.items():
        upgrade(file, old, new)
        install(NEW, f"{first.name} runs again", status=1)
        assert CURRENT.resolve() == first
        assert [*first.parent.iterdir()] == [first]
        assert state() == before, f"{name}: something of it is left"
        assert answers("/readyz") == 200
        say(f"{name}: changed back: ok")


def change_well(first: Path) -> None:
    """Change to versions that work; three releases are kept."""
    upgrade("config.py", '"""Settings,', '"""All settings,')
    install(NEW, "runs at https://")
    assert CURRENT.resolve() != first
    assert answers("/readyz") == 200
    for number in range(2):
        upgrade("config.py", '"""Settings,', f'"""{number} settings,')
        install(NEW, "runs at https://")
    kept = {path.name for path in (CURRENT.parent / "releases").iterdir()}
    assert len(kept) == 3, kept
    assert CURRENT.resolve().name in kept, kept
    say("upgrades, three releases kept: ok")


BAD = {
    "cannot be loaded": ("app.py", "def create_app(", "1 / 0\n\n\ndef create_app("),
    "is never ready": (
        "blueprints/ops/routes.py",
        "def readyz() -> ResponseReturnValue:",
        "def readyz() -> ResponseReturnValue:\n    return {}, 503",
    ),
    "has a bad site": ("deploy/nginx/didim.conf", "server_name", "server_nam"),
}


def upgrade(file: str, old: str, new: str) -> None:
    """Make another version, in which one file differs; it need not wait long for itself."""
    shutil.rmtree(NEW, ignore_errors=True)
    shutil.copytree(OLD, NEW, symlinks=True)
    shutil.copytree(CURRENT / "static/vendor", NEW / "static/vendor", dirs_exist_ok=True)
    for name, was, now in (
        (file, old, new),
        ("deploy/ec2/install.sh", "PATIENCE=60", "PATIENCE=8"),
    ):
        text = (NEW / name).read_text(encoding="utf-8")
        assert was in text, (name, was)
        (NEW / name).write_text(text.replace(was, now), encoding="utf-8")


def install(version: Path, *words: str, status: int = 0) -> None:
    """Run install.sh of the version; it must end so, and say these words."""
    command = [version / "deploy/ec2/install.sh", "--wheels", "/srv/wheels"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == status, said
    for each in words:
        assert each in said, said


def state() -> dict[str, str]:
    """Return what the machine's files hold, those that install.sh writes."""
    files = [path for place in WATCHED for path in Path(place).rglob("*") if path.is_file()]
    found = {str(path): path.read_text(errors="replace") for path in files}
    assert re.search(r"^SECRET_KEY=[0-9a-f]{64}$", found["/etc/didim/didim.env"], re.M)
    return found


def answers(path: str) -> int:
    """Return the status of an answer that came through nginx over TLS."""
    context = ssl.create_default_context(cafile=f"/etc/letsencrypt/live/{DOMAIN}/fullchain.pem")
    context.check_hostname = False  # the address is the machine's own
    return status_of(path, port=443, context=context)


if __name__ == "__main__":
    rehearse() if sys.argv[1:] == ["inside"] else main()
