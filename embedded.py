"""The embedded MongoDB server: SecantusDB in a child process of its own, for laptops and tests.

Who starts it holds a lock on the instance folder for as long as it runs. The kernel frees that
lock however the owner ends, so nothing a dead process left behind blocks the next start.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from pymongo import MongoClient
from pymongo.errors import InvalidURI, PyMongoError

CACHE_SIZE = "32M"
FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}  # each thread's own would hold on to memory it has freed
LOG_LIMIT = 1_000_000  # bytes
POLL = 0.05  # seconds
START_LIMIT = 30.0  # seconds a start may take: a big log has to be replayed after a crash
STOP_LIMIT = 15.0
MISSED = 0.5  # seconds after which a server that still listens has missed the signal to stop
RUN_FILE = "mongo.json"
DIE_WITH_PARENT = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 15)  # PR_SET_PDEATHSIG, SIGTERM
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""


class DatabaseUnavailable(Exception):
    """There is no database to work with; the message is one line, in English and Korean."""


class FolderInUse(DatabaseUnavailable):
    """Another process runs a server on this folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The database folder {folder} is in use by another server; stop that one first."
            f" / 데이터베이스 폴더 {folder}를 다른 서버가 쓰고 있습니다. 그 서버를 먼저 멈추세요."
        )


class EmbeddedMongo:
    """One embedded server: data in ``<instance>/mongo``, log in ``<instance>/mongo.log``.

    A shared one may be used by other commands while it runs; for any other they wait.
    ``patience`` is how many seconds to wait for a folder that is still in use.
    """

    def __init__(self, instance: Path, *, shared: bool = False, patience: float = 5.0) -> None:
        self.instance = instance.resolve()
        self.data = self.instance / "mongo"
        self.log = self.instance / "mongo.log"
        self._config = self.instance / "mongo.toml"  # empty: keeps the machine's own from counting
        self._shared = shared
        self._patience = patience
        self._lock: IO[str] | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def uri(self) -> str:
        """The address of the running server."""
        return f"mongodb://127.0.0.1:{self._port}/"

    def __enter__(self) -> EmbeddedMongo:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The process id of the running server; None when it does not run."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def start(self) -> None:
        """Start the server and wait until it answers; raise DatabaseUnavailable if it cannot."""
        self.data.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + self._patience
        self._lock = _locked(self.instance / "mongo.lock", deadline)
        if self._lock is None:
            raise FolderInUse(self.data)
        try:
            _stop_orphan(self.instance)
            _wait_until_free(self.data, deadline)
            self._launch()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server and free its folder; doing so twice is no error."""
        if self._child is not None:
            _end(self._child, self._port)
            self._child = None
            (self.instance / RUN_FILE).unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def trim_log(self) -> None:
        """Empty the server's log once it is too long."""
        with suppress(FileNotFoundError):
            if self.log.stat().st_size > LOG_LIMIT:
                os.truncate(self.log, 0)

    def _launch(self) -> None:
        self.trim_log()
        self._config.touch()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                dying_with_parent(self._command()),
                env=os.environ | FEW_ARENAS,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the owner, who stops it last
            )
        self._wait_until_it_answers(self._child)
        run: dict[str, object] = {"pid": self._child.pid, "port": self._port}
        run |= {"shared": self._shared, "folder": str(self.instance)}
        (self.instance / RUN_FILE).write_text(json.dumps(run), encoding="utf-8")

    def _command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "secantus", "--standalone", "--config", str(self._config)),
            *("--host", "127.0.0.1", "--port", str(self._port), "--log-level", "WARNING"),
            *("--storage-path", str(self.data), "--cache-size", CACHE_SIZE),
        ]

    def _wait_until_it_answers(self, child: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_LIMIT
        while _pid_at(self._port) != child.pid:
            if child.poll() is not None or time.monotonic() > deadline:
                raise DatabaseUnavailable(
                    f"The embedded database did not start; {self.log} says why."
                    f" / 내장 데이터베이스를 시작하지 못했습니다. 이유는 {self.log}에 있습니다."
                )
            time.sleep(POLL)


@contextmanager
def database(instance: Path, *, patience: float = 60.0) -> Iterator[str]:
    """Give the address of the folder's shared server, or of one that runs for this block only."""
    deadline = time.monotonic() + patience
    while True:
        if uri := shared_server(instance):
            yield uri
            return
        server = EmbeddedMongo(instance, patience=0)
        try:
            server.start()
        except FolderInUse:
            if time.monotonic() > deadline:
                raise
            time.sleep(POLL)
            continue
        try:
            yield server.uri
        finally:
            server.stop()
        return


def shared_server(instance: Path) -> str | None:
    """Return the address of the shared server that runs on this folder, if one does."""
    state = _read_run_file(instance)
    if state.get("shared") and _pid_at(state["port"]) == state["pid"]:
        return f"mongodb://127.0.0.1:{state['port']}/"
    return None


def reachable(uri: str, timeout: float = 5.0) -> None:
    """Return once a MongoDB answers there; else raise DatabaseUnavailable within the timeout."""
    limit = int(timeout * 900)  # milliseconds; a tenth is left for the rest
    try:
        with MongoClient[dict[str, Any]](
            uri, serverSelectionTimeoutMS=limit, connectTimeoutMS=limit, socketTimeoutMS=limit
        ) as client:
            client.admin.command("ping")
    except (InvalidURI, ValueError):
        reason = "this is not a valid MongoDB address"  # pymongo's own text may quote the password
    except PyMongoError as error:
        reason = str(error).split(" (configured", 1)[0].split(", Timeout:", 1)[0]
    else:
        return
    said = f"No MongoDB answers at {hide_password(uri)}: {reason}"
    raise DatabaseUnavailable(f"{said} / MongoDB에 연결할 수 없습니다.")


def hide_password(uri: str) -> str:
    """Return the address without its password and options."""
    scheme, _, rest = uri.partition("://")
    user, at, host = rest.rpartition("@")
    hidden = f"{user.partition(':')[0]}:***@" if at else ""
    return f"{scheme}://{hidden}{host.partition('?')[0]}"


def dying_with_parent(command: list[str]) -> list[str]:
    """Return the command so wrapped that the kernel stops it when this process dies (Linux)."""
    wrapper = [sys.executable, "-S", "-c", DIE_WITH_PARENT, str(os.getpid())]
    return [*wrapper, *command] if sys.platform == "linux" else command


def _end(child: subprocess.Popen[bytes], port: int) -> None:
    """Let the server close its files; kill it if it takes too long."""
    child.terminate()
    deadline, again = time.monotonic() + STOP_LIMIT, time.monotonic() + MISSED
    while True:
        with suppress(subprocess.TimeoutExpired):
            child.wait(POLL)
            return
        now = time.monotonic()
        if now > deadline:
            child.kill()
        elif _knock(port) and now > again:  # a caller wakes it: it stops in 0.1 s, not in 2 s
            child.terminate()  # it still listens: one of its threads swallowed the signal
            again = now + MISSED


def _knock(port: int) -> bool:
    """Tell whether something takes connections at this port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _pid_at(port: int) -> int | None:
    """Return the process id that the server at this port says it has; None without an answer."""
    if not _knock(port):
        return None
    try:
        with MongoClient[dict[str, Any]](
            "127.0.0.1", port, serverSelectionTimeoutMS=2000, socketTimeoutMS=2000
        ) as client:
            return int(client.admin.command("serverStatus")["pid"])
    except PyMongoError:
        return None


def _read_run_file(instance: Path) -> dict[str, Any]:
    """Return what is known of the folder's server; a copy of the folder has none."""
    state: dict[str, Any] = {}
    with suppress(FileNotFoundError, TypeError, ValueError):  # none, or half written
        state |= json.loads((instance / RUN_FILE).read_text(encoding="utf-8"))
    return state if state.get("folder") == str(instance.resolve()) else {}


def _stop_orphan(instance: Path) -> None:
    """Stop a server whose owner died, where the kernel has not done so already."""
    state = _read_run_file(instance)
    for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
        if state and _pid_at(state["port"]) == state["pid"]:
            with suppress(ProcessLookupError):
                os.kill(state["pid"], number)
            time.sleep(MISSED)
    (instance / RUN_FILE).unlink(missing_ok=True)


def _locked(path: Path, deadline: float) -> IO[str] | None:
    """Return the file, locked for this process alone; None if another holds it until then."""
    file = path.open("a", encoding="utf-8")
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        if time.monotonic() > deadline:
            file.close()
            return None
        time.sleep(POLL)


def _wait_until_free(data: Path, deadline: float) -> None:
    """Wait for the storage engine's own lock: a server that was told to stop may be closing."""
    lock = data / "WiredTiger.lock"
    while lock.exists():
        with lock.open("r+b") as file, suppress(OSError):
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if time.monotonic() > deadline:
            raise FolderInUse(data)
        time.sleep(POLL)
