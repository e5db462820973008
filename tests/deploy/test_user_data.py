"""What machines do at their first boot: cloud-init's schema, and the scripts."""

from __future__ import annotations

import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from moto import mock_aws

from tests.deploy.cloudformation import ALONE, BEHIND, REGION, VALUES, written
from tests.deploy.tools import needs

FILES = {**written(ALONE), **written(BEHIND)}


def schema(user_data: str, folder: Path) -> subprocess.CompletedProcess[str]:
    file = folder / "user-data.yaml"
    file.write_text(user_data, encoding="utf-8")
    command = ["cloud-init", "schema", "-c", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@needs("cloud-init")
@pytest.mark.parametrize("user_data", [ALONE, BEHIND], ids=["alone", "behind"])
def test_cloud_init_takes_the_user_data(user_data: str, tmp_path: Path) -> None:
    done = schema(user_data, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@needs("cloud-init")
def test_cloud_init_refuses_a_wrong_type(tmp_path: Path) -> None:
    right, wrong = "package_update: true", "package_update: [true]"
    assert ALONE.count(right) == 1
    done = schema(ALONE.replace(right, wrong), tmp_path)
    assert done.returncode != 0
    assert "package_update" in done.stdout + done.stderr


@pytest.mark.parametrize("name", ["didim-data-volume", "didim-first-boot"])
def test_shell_scripts_are_clean(name: str, tmp_path: Path) -> None:
    script = tmp_path / name
    script.write_text(FILES[name], encoding="utf-8")
    for command in (["shellcheck", str(script)], ["shfmt", "-i", "2", "-d", str(script)]):
        program = Path(sys.executable).with_name(command[0])
        done = subprocess.run(
            [str(program), *command[1:]], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (0, "")


def run_fetch(monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], *words: str) -> None:
    """Run the script in this process, with other places in it."""
    script = FILES["didim-fetch"]
    for given, ours in changes.items():
        assert given in script
        script = script.replace(given, ours)
    monkeypatch.setattr(sys, "argv", ["didim-fetch", *words])
    exec(compile(script, "didim-fetch", "exec"), {"__name__": "__main__"})


def test_a_machine_fetches_its_release_and_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with mock_aws():
        bucket = {"Bucket": VALUES["Bucket"]}
        s3 = boto3.client("s3", REGION)
        s3.create_bucket(**bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(**bucket, Key=VALUES["Release"], Body=b"a release")
        secrets = boto3.client("secretsmanager", REGION)
        secret = secrets.create_secret(Name="didim", SecretString="SECRET_KEY=1\nMONGODB_URI=2\n")
        places = {"/root": str(tmp_path), "/etc": str(tmp_path), VALUES["Settings"]: secret["ARN"]}
        run_fetch(monkeypatch, places)
    assert (tmp_path / "didim.tar.gz").read_bytes() == b"a release"
    settings = tmp_path / "didim" / "didim.env"
    assert settings.read_text(encoding="utf-8") == (
        f"SECRET_KEY=1\nMONGODB_URI=2\nBACKUP_DESTINATION=s3://{VALUES['Bucket']}/backups\n"
    )
    assert settings.stat().st_mode & 0o077 == 0


class Metadata(BaseHTTPRequestHandler):
    """EC2's metadata as IMDSv2 has them: a token first, then what is asked for with it."""

    def do_PUT(self) -> None:
        asked = (self.path, self.headers["X-aws-ec2-metadata-token-ttl-seconds"])
        self.answer("a token" if asked == ("/latest/api/token", "60") else "")

    def do_GET(self) -> None:
        asked = (self.path, self.headers["X-aws-ec2-metadata-token"])
        self.answer("i-1" if asked == ("/latest/meta-data/instance-id", "a token") else "")

    def answer(self, text: str) -> None:
        self.send_response(200 if text else 401)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


def test_a_machine_tells_the_stack_who_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = Mock()
    monkeypatch.setattr(boto3, "client", lambda *_: stack)
    with HTTPServer(("127.0.0.1", 0), Metadata) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            here = {"169.254.169.254": f"127.0.0.1:{server.server_port}"}
            run_fetch(monkeypatch, here, "FAILURE")
        finally:
            server.shutdown()
            thread.join()
    stack.signal_resource.assert_called_once_with(
        StackName="didim", LogicalResourceId="Scaling", UniqueId="i-1", Status="FAILURE"
    )


# The data volume: stand-in programs say what disks there are, and write down what is done to them.

LSBLK = """#!/bin/sh
case $1 in
-nrpo) echo "/dev/nvme0n1 /" ;;
*) cat disks ;;
esac
"""
ROOT_DISK = "/dev/nvme0n1 Amazon Elastic Block Store\n"
FAST_DISK = "/dev/nvme1n1 Amazon EC2 NVMe Instance Storage\n"
DATA_DISK = "/dev/nvme2n1 Amazon Elastic Block Store\n"
BLKID = """#!/bin/sh
[ -e formatted ] || exit 2
echo 11-22
"""
DID = """#!/bin/sh
echo "${0##*/} $*" >>done
"""


class Machine:
    """A folder in place of a machine, where the script finds stand-ins for what it runs."""

    def __init__(self, folder: Path, disks: str) -> None:
        self.folder = folder
        programs = folder / "bin"
        programs.mkdir()
        stand_ins = {
            "lsblk": LSBLK,
            "blkid": BLKID,
            "mountpoint": "#!/bin/sh\n[ -e mounted ]\n",
            "mkfs.xfs": DID + "touch formatted\n",
            "mount": DID + "touch mounted\n",
            "sleep": DID,
            "systemctl": DID,
        }
        for name, text in stand_ins.items():
            (programs / name).write_text(text, encoding="utf-8")
            (programs / name).chmod(0o755)
        (folder / "disks").write_text(disks, encoding="utf-8")
        (folder / "etc").mkdir()
        self.table = folder / "etc" / "fstab"
        self.table.touch()
        script = FILES["didim-data-volume"]
        for path in ("/etc/", "/var/lib/mongodb"):
            assert path in script
            script = script.replace(path, f"{folder}{path}")
        (folder / "script").write_text(script, encoding="utf-8")

    def boot(self) -> list[str]:
        """Run the script; return what was done."""
        (self.folder / "done").unlink(missing_ok=True)
        environ = {"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"}
        subprocess.run(["bash", "script"], cwd=self.folder, env=environ, check=True)
        done = self.folder / "done"
        return done.read_text(encoding="utf-8").splitlines() if done.exists() else []


def test_a_new_volume_is_formatted_and_mounted_once(tmp_path: Path) -> None:
    machine = Machine(tmp_path, ROOT_DISK + FAST_DISK + DATA_DISK)
    folder = tmp_path / "var/lib/mongodb"
    assert machine.boot() == [
        "mkfs.xfs -L didim-data /dev/nvme2n1",
        "systemctl daemon-reload",
        f"mount {folder}",
    ]
    table = f"UUID=11-22 {folder} auto noatime,nofail 0 2\n"
    assert machine.table.read_text(encoding="utf-8") == table
    assert machine.boot() == []
    assert machine.table.read_text(encoding="utf-8") == table


def test_a_volume_that_holds_something_is_never_formatted(tmp_path: Path) -> None:
    machine = Machine(tmp_path, ROOT_DISK + DATA_DISK)
    (tmp_path / "formatted").touch()
    assert not any("mkfs" in step for step in machine.boot())
    (tmp_path / "mounted").unlink()  # a later start of the machine
    machine.boot()
    assert machine.table.read_text(encoding="utf-8").count("UUID=11-22") == 1


def test_without_a_second_disk_nothing_is_done_but_to_wait(tmp_path: Path) -> None:
    machine = Machine(tmp_path, ROOT_DISK + FAST_DISK)
    assert set(machine.boot()) == {"sleep 2"}
    assert machine.table.read_text(encoding="utf-8") == ""
