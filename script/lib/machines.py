"""Makes what the rehearsals install on: a fresh Debian 12 in a folder, and Didim's source."""

from __future__ import annotations

import http.client
import os
import shutil
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from support import ROOT, stop

DOMAIN = "didim.example"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
HANDED_ON = ("PIP_", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "http_proxy", "https_proxy")


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder for this block; it lies where Python puts temporary files."""
    path = Path(tempfile.mkdtemp(prefix="didim-rehearsal-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        run("rm", "-rf", "--one-file-system", str(path))  # whatever may still be mounted there


def need(*programs: str) -> None:
    """Stop if this is not root or a program is missing."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing or os.geteuid() != 0:
        stop(
            f"This rehearsal needs root{' and '.join(['', *missing])}.",
            "root 권한과 위의 프로그램이 필요합니다.",
        )


def debian(root: Path, variant: str, *packages: str) -> None:
    """Put a fresh Debian 12 into the folder; it trusts the authorities that this machine does."""
    include = ["--include=" + ",".join(("ca-certificates", "python3", *packages))]
    run("mmdebstrap", "--quiet", f"--variant={variant}", *include, "bookworm", str(root))
    for file in (CERTIFICATES, Path("/etc/resolv.conf")):
        if file.exists():
            shutil.copy(file, root / file.relative_to("/"))


def source(path: Path) -> None:
    """Copy Didim's source, as git knows it, to the path."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout
    path.mkdir(parents=True)
    pack = ["tar", "-C", str(ROOT), "--null", "--no-recursion", "-T", "-", "-cf", "-"]
    packed = subprocess.run(pack, input=names, capture_output=True, check=True).stdout
    subprocess.run(
        ["tar", "-C", str(path), "--no-same-owner", "-xf", "-"], input=packed, check=True
    )


def inside(root: Path, *command: str, offline: bool = False) -> None:
    """Run a command in the root, its processes and mounts apart from this machine's.

    Offline it has a network of its own as well; else it may use this machine's, not change it.
    """
    mounts = 'mount --rbind /dev "$0/dev"; mount -t proc proc "$0/proc"'
    apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
    if offline:
        apart.append("--net")
        script = f'set -e; ip link set lo up; {mounts}; chroot "$0" "$@"; exit'
    else:
        script = f'set -e; {mounts}; setpriv --bounding-set=-net_admin chroot "$0" "$@"; exit'
    env = {name: value for name, value in os.environ.items() if name.startswith(HANDED_ON)}
    env.pop("PIP_FIND_LINKS", None)
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    env |= {"PATH": path, "HOME": "/root", "LC_ALL": "C.UTF-8"}
    run(*apart, "sh", "-c", script, str(root), *command, env=env)


def run(*command: str, env: dict[str, str] | None = None) -> None:
    """Run a command, its words shown; raise if it fails."""
    subprocess.run(command, env=env, check=True)


def status_of(path: str, *, port: int, context: ssl.SSLContext) -> int:
    """Return the status of the site's answer over TLS at this port of this machine."""
    asking = http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=context)
    with closing(asking):
        asking.request("GET", path, headers={"Host": DOMAIN})
        return asking.getresponse().status
