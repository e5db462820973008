"""What the installers refuse, and what install-mongodb.sh does to disks, keys and passwords.

The whole of install.sh is rehearsed (script/rehearse fresh_machine, boot): it takes a machine.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.deploy.tools import DEPLOY, ROOT, needs

INSTALL = DEPLOY / "ec2" / "install.sh"
MONGODB = DEPLOY / "ec2" / "install-mongodb.sh"
SCRIPTS = (INSTALL, MONGODB, DEPLOY / "bin" / "flask", ROOT / "script" / "rehearse")
SECTOR = b"\xeb\x58" + bytes(508) + b"\x55\xaa"  # a disk with a boot record and no file system
MONGOSH = """#!/bin/sh
echo "$ADMIN $DIDIM" >>"$CALLS"
exit "${REFUSE:-0}"
"""


def run(*command: object, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        env=os.environ | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def step(call: str, tmp_path: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run one step of install-mongodb.sh, its files in the test's folder."""
    paths = f"settings={tmp_path}/didim.env secrets={tmp_path}/admin.env"
    path = f"{tmp_path / 'bin'}:/usr/sbin:{os.environ['PATH']}"
    calls = str(tmp_path / "calls")
    return run("bash", "-c", f". {MONGODB}; {paths}; {call}", PATH=path, CALLS=calls, **environ)


def assert_refused(done: subprocess.CompletedProcess[str], word: str) -> None:
    """Check that it stopped with one line in English and Korean that holds the word."""
    assert done.returncode != 0, done.stdout
    (line,) = done.stderr.splitlines()
    assert word in line
    assert any("가" <= letter <= "힣" for letter in line)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
@pytest.mark.parametrize(
    "tool", [("shellcheck",), ("shfmt", "-i", "2", "-d")], ids=lambda it: it[0]
)
def test_a_shell_script_is_clean(tool: tuple[str, ...], script: Path) -> None:
    done = run(ROOT / ".venv" / "bin" / tool[0], *tool[1:], script)

    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root comes that far")
@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--domian", "x"), "--domian"),
        (("--domain",), "needs a value"),
        ((), "--domain NAME"),
        (("--domain", "a;b"), "--domain NAME"),
        (("--domain", "didim.example"), "install-mongodb.sh"),
        (("--domain", "x", "--mongodb-uri", "mongodb://x", "--embedded-database"), "not both"),
        (("--domain", "x", "--embedded-database", "--source", "/nowhere"), "/nowhere"),
    ],
)
def test_the_installer_refuses_what_it_cannot_use(options: tuple[str, ...], word: str) -> None:
    assert_refused(run(INSTALL, *options), word)


@needs("mkfs.ext4", "wipefs", "blkid")
def test_an_empty_disk_is_formatted_once(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.write_bytes(bytes(4 * 2**20))

    assert step(f"format_if_empty {disk}", tmp_path).returncode == 0
    before = disk.read_bytes()
    assert step(f"format_if_empty {disk}", tmp_path).returncode == 0
    assert disk.read_bytes() == before


@needs("wipefs", "blkid")
def test_a_disk_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.write_bytes(SECTOR + bytes(4 * 2**20))

    assert_refused(step(f"format_if_empty {disk}", tmp_path), "something else")
    assert disk.read_bytes() == SECTOR + bytes(4 * 2**20)


@needs("gpg")
def test_another_key_is_not_mongodbs(tmp_path: Path) -> None:
    home = tmp_path / "gpg"
    home.mkdir(mode=0o700)
    gpg = ("gpg", "--homedir", home, "--batch", "--passphrase", "")
    made = run(*gpg, "--quick-generate-key", "someone", "ed25519", "sign", "never")
    assert made.returncode == 0, made.stderr
    key = tmp_path / "key"
    key.write_text(run(*gpg, "--armor", "--export").stdout)
    listed = run(*gpg, "--list-keys", "--with-colons").stdout
    fingerprint = next(line for line in listed.splitlines() if line.startswith("fpr")).split(":")[9]

    assert step(f"is_mongodbs {key}", tmp_path).returncode != 0
    assert step(f"FINGERPRINT={fingerprint}; is_mongodbs {key}", tmp_path).returncode == 0
    run("gpgconf", "--homedir", home, "--kill", "all")


@pytest.fixture
def mongosh(tmp_path: Path) -> Path:
    """A mongosh that writes down the passwords it was given; returns where."""
    program = tmp_path / "bin" / "mongosh"
    program.parent.mkdir()
    program.write_text(MONGOSH)
    program.chmod(0o755)
    return tmp_path / "calls"


def test_passwords_are_kept_where_they_belong(tmp_path: Path, mongosh: Path) -> None:
    settings = tmp_path / "didim.env"
    settings.write_text("SECRET_KEY=kept\n")

    assert step("make_users", tmp_path).returncode == 0

    admin, didim = mongosh.read_text().split()
    lines = settings.read_text().splitlines()
    uri = f"MONGODB_URI=mongodb://didim:{didim}@127.0.0.1:27017/?authSource=admin"
    assert lines == ["SECRET_KEY=kept", uri]
    assert (tmp_path / "admin.env").read_text() == f"ADMIN_PASSWORD={admin}\n"
    assert (tmp_path / "admin.env").stat().st_mode & 0o077 == 0


def test_a_run_that_was_cut_off_is_done_again(tmp_path: Path, mongosh: Path) -> None:
    assert_refused(step("make_users", tmp_path, REFUSE="1"), "could not be made")
    assert not (tmp_path / "didim.env").exists()
    assert step("make_users", tmp_path).returncode == 0

    first, second = (line.split() for line in mongosh.read_text().splitlines())
    assert first[0] == second[0], "the administrator's password is the one that may be set already"


def test_settings_are_read_as_systemd_reads_them(tmp_path: Path) -> None:
    text = (DEPLOY / "bin" / "flask").read_text()
    begin, end = text.index("# As systemd reads"), text.index("export INSTANCE_PATH")
    (tmp_path / "env").write_text("MONGODB_URI=mongodb://u:$x@h/?a=1&b=2\nLOG_LEVEL='debug'\n#X=1")
    script = f'settings={tmp_path}/env; {text[begin:end]} echo "$MONGODB_URI $LOG_LEVEL"'

    assert run("bash", "-euc", script).stdout == "mongodb://u:$x@h/?a=1&b=2 debug\n"
