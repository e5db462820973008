"""What stands behind nginx, and who comes through it."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from embedded import dying_with_parent
from tests.browser.server import ROOT, START_LIMIT, Gunicorn, wait_until
from tests.deploy.nginx import NAME, Nginx

TAKE_SOCKET = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.argv[2], sys.argv[2:])
"""


class Instance(Gunicorn):
    """Gunicorn as the unit runs it: it gets a socket that another process holds."""

    def __init__(self, folder: Path, mongodb_uri: str, held: socket.socket, **options: Any) -> None:
        production = {
            "DIDIM_HTTPS": "1",
            "MONGODB_DATABASE": "didim_behind_nginx",
            "PUBLIC_URL": f"https://{NAME}",
            "TRUSTED_PROXIES": "1",
        }
        super().__init__(folder, mongodb_uri, port=1, **production | options)
        self._held = held

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = ["-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", self._app]
        taking = [sys.executable, "-S", "-c", TAKE_SOCKET, str(self._held.fileno())]
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                dying_with_parent([*taking, sys.executable, *command]),
                cwd=ROOT,
                env=self._environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=[self._held.fileno()],
            )
        self._child = child

        def is_up() -> bool:
            assert child.poll() is None, self.log.read_text(encoding="utf-8")
            return self.answers()

        wait_until(is_up, START_LIMIT, "gunicorn answers")

    def answers(self, path: str = "/healthz") -> bool:
        """Tell whether a page comes with status 200, straight from the socket."""
        with closing(http.client.HTTPConnection(NAME)) as connection:
            connection.sock = socket.socket(self._held.family)
            connection.sock.settimeout(5)
            try:
                connection.sock.connect(self._held.getsockname())
                connection.request("GET", path)
                return connection.getresponse().status == http.HTTPStatus.OK
            except (OSError, http.client.HTTPException):
                return False


@contextmanager
def unix_socket(path: Path) -> Iterator[socket.socket]:
    """Hold a socket as didim.socket does."""
    with socket.socket(socket.AF_UNIX) as held:
        held.bind(str(path))
        held.listen(1024)
        yield held


class Load:
    """Some visitors who ask for one page without a pause; `answers` counts the statuses.

    A connection that ends without an answer counts under the name of its error.
    """

    def __init__(self, nginx: Nginx, path: str, *, visitors: int = 4) -> None:
        self.answers: Counter[int | str] = Counter()
        self._nginx, self._path = nginx, path
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._visit) for _ in range(visitors)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        self.wait_for_more(20)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def wait_for_more(self, count: int) -> None:
        """Return once this many more answers have come."""
        wanted = self.answers.total() + count
        wait_until(lambda: self.answers.total() >= wanted, 60, f"{count} answers more")

    def _visit(self) -> None:
        trusting = self._nginx.trusting()
        while not self._over.is_set():
            with closing(http.client.HTTPConnection(NAME)) as connection, suppress(StopIteration):
                try:
                    connection.sock = self._nginx.connect(trusting)
                    self._ask(connection)
                except (OSError, http.client.HTTPException) as error:
                    self.answers[type(error).__name__] += 1

    def _ask(self, connection: http.client.HTTPConnection) -> None:
        """Ask over one connection as long as it is kept."""
        while not self._over.is_set() and connection.sock is not None:
            connection.request("GET", self._path)
            answer = connection.getresponse()
            answer.read()
            self.answers[answer.status] += 1
