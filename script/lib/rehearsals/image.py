"""Builds deploy/Dockerfile and runs the image as production would.

It proves that the image builds on a bare Debian 12, holds no test, secret or state of the folder
that it was built from, serves with a read-only root, as nobody and without capabilities, tells
by its health check whether it is alive, and ends when it is told to. It needs root, git,
mmdebstrap, buildah, podman, runc and the network. It took 91 seconds of processor time, and nine
minutes on two cores that were busy with other work.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import setup
from checks import REQUIREMENTS

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ROOT / ".venv" / "bin" / "python"
BASE = "debian:bookworm-slim"
IMAGE = "localhost/didim:rehearsal"
SLIM = ("doc", "info", "locale", "man")  # what Debian's slim images lack in /usr/share
LARGEST = 340  # MB
CANARY = b"this must not be in an image"
STATE = ("deploy/.env", "instance/secret_key", ".venv/key", "static/vendor/old.js", "tests/key")
UNWANTED = {".git", "docs", "embedded.py", "instance", "node_modules", "requirements.txt", "tests"}
HARDENED = (
    *("--read-only", "--cap-drop", "all", "--security-opt", "no-new-privileges"),
    *("--network", "host", "--no-healthcheck"),  # podman would want systemd for its timer
    *("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"),
)
IDENTITY = "import os; print(os.getuid(), *open('/proc/self/status'))"
WRITES = "open('/tmp/a', 'w'); open('/dev/shm/a', 'w'); open('/opt/didim/a', 'w')"
START_LIMIT = 60.0  # seconds
STOP_LIMIT = 40.0


def main() -> None:
    """Build the image, look into it, run it; SystemExit says what is wrong."""
    setup.enter(*REQUIREMENTS)
    with tempfile.TemporaryDirectory(prefix="didim-image-") as name:
        folder = Path(name)
        store = Store(folder)
        try:
            import_base(store)
            build(store)
            look_inside(store)
            with database(folder / "mongo") as port:
                serve(store, port)
        finally:
            store.podman("rm", "--all", "--force")
            store.buildah("rm", "--all")


class Store:
    """Images and containers in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        driver = os.environ.get("STORAGE_DRIVER", "overlay")
        places = ("--root", folder / "images", "--runroot", folder / "run")
        self._buildah = ("buildah", "--storage-driver", driver, *places)
        runtime = ("--runtime", shutil.which("runc") or "runc", "--cgroup-manager", "cgroupfs")
        self._podman = ("podman", "--storage-driver", driver, *places, *runtime)

    def buildah(self, *command: str | Path) -> str:
        return output(*self._buildah, *command)

    def podman(self, *command: str | Path) -> str:
        return output(*self._podman, *command)

    def fails(self, *command: str | Path) -> str:
        """Return what podman says when this fails, as it must."""
        done = subprocess.run(
            [*self._podman, *command], capture_output=True, text=True, check=False
        )
        expect(done.returncode != 0, f"{command} did not fail")
        return done.stderr


def import_base(store: Store) -> None:
    """Make what stands for Debian's image out of Debian's packages."""
    tar = store.folder / "base.tar"
    slim = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in SLIM]
    output("mmdebstrap", "--quiet", "--variant=minbase", *slim, "bookworm", tar)
    container = store.buildah("from", "scratch")
    store.buildah("add", "--quiet", container, tar, "/")
    store.buildah("commit", "--quiet", "--rm", container, BASE)
    tar.unlink()


def build(store: Store) -> None:
    """Build the image from the tracked files and from what must stay outside."""
    context = store.folder / "context"
    listed = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in output("git", "-C", ROOT, *listed).split("\0"):
        if name and (ROOT / name).is_file():
            (context / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, context / name)
    for name in STATE:
        (context / name).parent.mkdir(parents=True, exist_ok=True)
        (context / name).write_bytes(CANARY)
    volumes = [part for pair in trust(store.folder) for part in ("--volume", pair)]
    command = ("bud", "--isolation", "chroot", "--format", "docker", "--pull-never", *volumes)
    dockerfile = ("--file", context / "deploy" / "Dockerfile")
    store.buildah(*command, *dockerfile, "--tag", IMAGE, context)


def trust(folder: Path) -> Iterator[str]:
    """Give the volumes by which pip and npm trust whom this machine trusts, during the build."""
    (folder / "pip.conf").write_text("[global]\ncert = /run/ca.crt\n", encoding="utf-8")
    (folder / "npmrc").write_text("cafile=/run/ca.crt\n", encoding="utf-8")
    yield f"{ssl.get_default_verify_paths().cafile}:/run/ca.crt:ro"
    yield f"{folder / 'pip.conf'}:/etc/pip.conf:ro"
    yield f"{folder / 'npmrc'}:/root/.npmrc:ro"


def look_inside(store: Store) -> None:
    """Refuse an image that is too large, or holds what must not be in it."""
    container = store.buildah("from", "--pull-never", IMAGE)
    top = Path(store.buildah("mount", container))
    files = [path for path in top.rglob("*") if path.is_file() and not path.is_symlink()]
    size = sum(path.stat().st_size for path in files) // 1_000_000
    ours = {path.name for path in (top / "opt" / "didim").iterdir()}
    expect(not ours & UNWANTED, f"the image holds {ours & UNWANTED}")
    leaked = [path for path in files if path.stat().st_size < 10**6 and CANARY in path.read_bytes()]
    expect(not leaked, f"the image holds {leaked}")
    expect(size <= LARGEST, f"the image has {size} MB, more than {LARGEST}")
    store.buildah("rm", container)
    print(f"image: {size} MB")


def serve(store: Store, database_port: int) -> None:
    """Run the image and ask it what a load balancer, a person and an intruder would."""
    port = free_port()
    environ = {
        "BIND": f"127.0.0.1:{port}",
        "DIDIM_EMBEDDED": "1",  # by name: the database is no MongoDB, and there is no TLS
        "MONGODB_URI": f"mongodb://127.0.0.1:{database_port}/",
        "SECRET_KEY": "of a rehearsal",
    }
    options = (*HARDENED, *(part for item in environ.items() for part in ("--env", "=".join(item))))
    store.podman("run", "--rm", *options, IMAGE, "flask", "database", "prepare")
    image = json.loads(store.podman("image", "inspect", IMAGE))[0]
    healthy = image["Healthcheck"]["Test"][1:]
    store.fails("run", "--rm", *options, IMAGE, *healthy)  # nothing serves yet
    store.podman("run", "--detach", "--name", "web", *options, IMAGE)
    wait_for(port, "/readyz")
    store.podman("exec", "web", *healthy)
    look_at_pages(port)
    uid, *status = store.podman("exec", "web", "python", "-c", IDENTITY).split()
    expect(uid != "0", "it runs as root")
    capabilities = dict(pairwise(status))
    expect(int(capabilities["CapBnd:"], 16) == 0, f"it has capabilities: {capabilities}")
    said = store.fails("exec", "web", "python", "-c", WRITES)
    expect("Read-only file system: '/opt/didim/a'" in said, said)
    began = time.monotonic()
    store.podman("stop", "--time", str(int(STOP_LIMIT)), "web")
    expect(time.monotonic() - began < STOP_LIMIT, "it had to be killed")


def look_at_pages(port: int) -> None:
    """Ask for a page in both languages and for what the build made."""
    status, page = get(port, "/login")
    expect(status == http.HTTPStatus.OK and "로그인" in page, "the Korean page is missing")
    styles = re.findall(r'href="(/static/[^"]+bootstrap[^"]+\.css)"', page)
    expect(len(styles) == 1, f"the page names {styles}")
    expect(get(port, styles[0])[0] == http.HTTPStatus.OK, "Bootstrap's style sheet is missing")


@contextmanager
def database(data: Path) -> Iterator[int]:
    """Give the port of an embedded database that runs for this block."""
    port = free_port()
    data.mkdir()
    config = data / "secantusd.toml"
    config.touch()
    command = ("-m", "secantus", "--standalone", "--config", config, "--host", "127.0.0.1")
    places = ("--port", str(port), "--storage-path", data / "data", "--cache-size", "32M")
    with subprocess.Popen([PYTHON, *command, *places], stderr=subprocess.DEVNULL) as child:
        try:
            yield port
        finally:
            child.kill()


def wait_for(port: int, path: str) -> None:
    """Return once this address answers with 200."""
    deadline = time.monotonic() + START_LIMIT
    while get(port, path)[0] != http.HTTPStatus.OK:
        expect(time.monotonic() < deadline, f"{path}: not within {START_LIMIT} s")
        time.sleep(0.1)


def get(port: int, path: str) -> tuple[int, str]:
    """Return status and text of a page; 0 if nothing answers."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""


def free_port() -> int:
    """Return a port of this machine at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def output(*command: str | Path) -> str:
    """Return what a program prints; stop with its complaint if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    expect(done.returncode == 0, f"{command} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout.strip()


def expect(holds: bool, otherwise: str) -> None:  # noqa: FBT001  reads as a sentence
    """Stop with this message unless it holds."""
    if not holds:
        raise SystemExit(otherwise)


if __name__ == "__main__":
    main()
