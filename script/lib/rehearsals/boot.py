"""A Debian 12 that boots under qemu and installs itself; its app is killed, and comes back.

Here systemd is the real one, so what hardens the units counts. The machine has no network but a
port of this one, by which a request comes from outside through ufw and nginx. It takes some
10 minutes of processor time.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from machines import DOMAIN, debian, folder, inside, need, run, source, status_of
from support import say

PACKAGES = (
    *("systemd-sysv", "udev", "dbus", "linux-image-cloud-amd64", "systemd", "python3-venv"),
    *("nginx", "certbot", "curl", "openssl", "ufw", "unattended-upgrades"),
    *("libnginx-mod-http-brotli-filter", "libnginx-mod-http-brotli-static"),
)
SOURCE, WHEELS = Path("/srv/didim"), Path("/srv/wheels")
FIRST_BOOT = f"""[Unit]
After=network-online.target
Wants=network-online.target
[Service]
Type=oneshot
Environment=PYTHONUNBUFFERED=1 HOME=/root
ExecStart=/bin/sh -c "exec python3 {SOURCE}/script/lib/rehearsals/boot.py inside >/dev/console 2>&1"
ExecStopPost=/bin/systemctl --no-block poweroff
"""
NETWORK = "[Match]\nType=ether\n[Network]\nDHCP=ipv4\n"
ASK, DONE = "now ask from outside", "all of it went well"
LIMIT = 3600.0  # seconds
SOON = 180.0
ACCESS = Path("/var/log/nginx/didim.access.log")


def main() -> None:
    """Make the disk, boot it, and follow what it says."""
    need("mmdebstrap", "qemu-system-x86_64", "mke2fs")
    with folder() as path:
        root, disk = path / "root", path / "disk"
        furnish(root)
        run("mke2fs", "-q", "-t", "ext4", "-d", str(root), str(disk), "3G")
        say("the disk is made")
        boot(root, disk)


def furnish(root: Path) -> None:
    """Make a machine that has packages, wheels and assets, and knows what to do when it boots."""
    debian(root, "minbase", *PACKAGES)
    source(root / SOURCE.relative_to("/"))
    write(root / "etc/systemd/system/rehearsal.service", FIRST_BOOT)
    write(root / "etc/systemd/network/ether.network", NETWORK)
    write(root / "etc/fstab", "/dev/vda / ext4 defaults 0 1\n")
    write(root / "etc/hosts", f"127.0.0.1 localhost {DOMAIN}\n")
    files = " ".join(f"-r {SOURCE}/requirements{part}.txt" for part in ("", "-embedded"))
    download = "-m pip download -q --no-deps --only-binary :all:"
    for command in (
        "python3 -m venv /srv/venv",
        f"/srv/venv/bin/python {download} -d {WHEELS} {files}",
        f"INSTANCE_PATH=/srv/instance /srv/venv/bin/python {SOURCE}/script/lib/assets.py",
        f"rm -rf /srv/venv /srv/instance /root/.cache {SOURCE}/node_modules",
        "systemctl --root=/ add-wants multi-user.target rehearsal.service",
        "systemctl --root=/ enable --quiet systemd-networkd.service",
    ):
        inside(root, "sh", "-c", command)


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def boot(root: Path, disk: Path) -> None:
    """Run the machine; fail unless it says that all went well, and answers from outside."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    kernel, initial = (next((root / "boot").glob(name)) for name in ("vmlinuz-*", "initrd.img-*"))
    machine = subprocess.Popen(
        [
            *("qemu-system-x86_64", "-accel", "tcg"),
            *("-cpu", "max", "-smp", "2", "-m", "1024", "-nographic", "-no-reboot"),
            *("-kernel", kernel, "-initrd", initial),
            *("-append", "root=/dev/vda rw console=ttyS0"),
            *("-drive", f"file={disk},format=raw,if=virtio,cache=unsafe"),
            *("-nic", f"user,model=virtio,restrict=on,hostfwd=tcp:127.0.0.1:{port}-:443"),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    signal.signal(signal.SIGALRM, lambda *_: machine.kill())
    signal.alarm(int(LIMIT))
    begun, told = time.monotonic(), ""
    assert machine.stdout is not None
    for line in machine.stdout:
        print(f"{time.monotonic() - begun:6.1f} {line.rstrip()}", flush=True)
        told += line
        if ASK in line:
            assert status_of("/readyz", port=port, context=unverified()) == 200
    machine.wait()
    assert DONE in told, "the machine did not come to its end"


def unverified() -> ssl.SSLContext:
    """Trust the machine's own certificate: it was made a minute ago."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def rehearse() -> None:
    """On the machine: install, look, kill, look again, install again."""
    installer = [SOURCE / "deploy/ec2/install.sh", "--wheels", WHEELS, "--domain", DOMAIN]
    subprocess.run([*installer, "--embedded-database"], check=True)
    wait_until(is_well, "it is ready")
    print(ASK)
    wait_until(lambda: '"client":"10.0.2.2"' in ACCESS.read_text(), "a request came from outside")
    see_a_day_through()
    for what in ("didim", "didim-database"):
        subprocess.run(["systemctl", "kill", "--signal=KILL", what], check=True)
        wait_until(lambda: not is_active(what) or restarts(what) == 1, f"{what} is down")  # noqa: B023
        wait_until(is_well, f"{what} was killed and is back")
        assert restarts(what) == 1, what
    subprocess.run(installer, check=True)
    wait_until(is_well, "installed again, it is ready")
    see_a_day_through()
    failed = shown("systemctl", "--failed", "--plain", "--no-legend")
    assert not failed, failed
    assert "Status: active" in shown("ufw", "status")
    print(DONE)


def see_a_day_through() -> None:
    """Have a learner of the demo sign in, log a lesson and read the dashboard."""
    release = Path("/opt/didim/current/deploy/bin")
    subprocess.run([release / "flask", "demo", "load"], check=True)
    smoke = [release / "smoke", f"https://{DOMAIN}", "--insecure"]
    password = {"DIDIM_SMOKE_PASSWORD": "didim-demo"}
    environ = os.environ | password
    subprocess.run([*smoke, "--email", "learner@demo.example"], env=environ, check=True)


def is_well() -> bool:
    try:
        return status_of("/readyz", port=443, context=unverified()) == 200
    except (OSError, http.client.HTTPException):
        return False


def is_active(unit: str) -> bool:
    return shown("systemctl", "is-active", unit) == "active"


def restarts(unit: str) -> int:
    return int(shown("systemctl", "show", "--value", "--property=NRestarts", unit))


def shown(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Return once it holds, and say so; fail if it does not within SOON seconds."""
    deadline = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < deadline, f"not within {SOON} s: {what}"
        time.sleep(0.1)
    print(what)


if __name__ == "__main__":
    rehearse() if sys.argv[1:] == ["inside"] else main()
