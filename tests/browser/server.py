"""Didim as it runs in production: gunicorn over a database, both children of the test."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from embedded import FEW_ARENAS, dying_with_parent

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "didim_served"
SECRET_KEY = "only for tests, and the same after every restart"
START_LIMIT = 40.0  # seconds
STOP_LIMIT = 35.0
POLL = 0.02


def free_port() -> int:
    """Return a port of this machine at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def wait_until(holds: Callable[[], bool], limit: float, what: str) -> None:
    """Return once it holds; fail, saying what did not come true, after `limit` seconds."""
    deadline = time.monotonic() + limit
    while not holds():
        assert time.monotonic() < deadline, f"{what}: not within {limit} s"
        time.sleep(POLL)


class Gunicorn:
    """One gunicorn with its workers, in a process group of its own; its log is in `folder`.

    `before` is what takes the files `handed_over` and then becomes gunicorn, if there are any.
    """

    before: tuple[str, ...] = ()
    handed_over: tuple[int, ...] = ()

    def __init__(
        self,
        folder: Path,
        mongodb_uri: str,
        *,
        port: int | None = None,
        app: str = "app:create_app()",
        **environ: str,
    ) -> None:
        self.port = port or free_port()
        self._app = app
        self.log = folder / "gunicorn.log"
        self._environ = {
            **os.environ,
            **FEW_ARENAS,
            "DIDIM_EMBEDDED": "1",  # plain http: cookies are not for TLS alone
            "INSTANCE_PATH": str(folder),
            "LOG_LEVEL": "warning",
            "MONGODB_DATABASE": DATABASE,
            "MONGODB_URI": mongodb_uri,
            "PORT": str(self.port),
            "SECRET_KEY": SECRET_KEY,
            **environ,
        }
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", self._app]
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                dying_with_parent([*self.before, *command]),
                cwd=ROOT,
                env=self._environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=self.handed_over,
            )
        self._child = child

        def is_up() -> bool:
            assert child.poll() is None, self.log.read_text(encoding="utf-8")
            return self.answers()

        wait_until(is_up, START_LIMIT, "gunicorn answers")

    def answers(self, path: str = "/healthz") -> bool:
        """Tell whether a page comes with status 200."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
            try:
                connection.request("GET", path)
                return connection.getresponse().status == http.HTTPStatus.OK
            except (OSError, http.client.HTTPException):
                return False

    @property
    def pid(self) -> int:
        """The process id of the master."""
        assert self._child is not None
        return self._child.pid

    def workers(self) -> set[int]:
        """Return the process ids of the workers that run now."""
        assert self._child is not None
        pid = self._child.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return {int(child) for child in children.split()}

    def kill(self) -> None:
        """Kill master and workers at once, as the kernel would."""
        assert self._child is not None
        os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()

    def stop(self) -> None:
        """Stop it; no process of it is left."""
        if self._child is None:
            return
        self._child.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(STOP_LIMIT)
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
