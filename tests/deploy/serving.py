"""What stands behind nginx, and who comes through it."""

from __future__ import annotations

import http.client
import re
import socket
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.browser.server import Gunicorn, wait_until
from tests.deploy.nginx import NAME, Answer, Nginx

TAKE_SOCKET = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.argv[2], sys.argv[2:])
"""


PRODUCTION = {
    "DIDIM_HTTPS": "1",
    "MONGODB_DATABASE": "didim_behind_nginx",
    "PUBLIC_URL": f"https://{NAME}",
    "TRUSTED_PROXIES": "1",
}
CSRF_FIELD = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


class Instance(Gunicorn):
    """Gunicorn as the unit runs it: it gets a socket that another process holds."""

    def __init__(self, folder: Path, mongodb_uri: str, held: socket.socket, **options: Any) -> None:
        super().__init__(folder, mongodb_uri, port=1, **PRODUCTION | options)
        self._held = held
        self.handed_over = (held.fileno(),)
        self.before = (sys.executable, "-S", "-c", TAKE_SOCKET, str(held.fileno()))

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
        self.visitors = visitors
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


class Visitor:
    """A browser with its cookies. A form is sent with the token of the last page."""

    def __init__(self, nginx: Nginx) -> None:
        self._nginx = nginx
        self._token = ""
        self.cookies: SimpleCookie = SimpleCookie()

    @property
    def headers(self) -> dict[str, str]:
        pairs = "; ".join(f"{name}={one.value}" for name, one in self.cookies.items())
        return {"Cookie": pairs, "Referer": f"https://{NAME}/", "Accept-Language": "en"}

    def get(self, path: str) -> Answer:
        return self._keep(self._nginx.ask("GET", path, headers=self.headers))

    def post(self, path: str, **fields: str) -> Answer:
        headers = self.headers | {"Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(fields | {"csrf_token": self._token})
        return self._keep(self._nginx.ask("POST", path, body, headers=headers))

    def sign_in(self, email: str, password: str) -> None:
        self.get("/login")
        assert self.post("/login", email=email, password=password).status == 302

    def _keep(self, answer: Answer) -> Answer:
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self.cookies.load(cookie)
        if found := CSRF_FIELD.search(answer.body.decode(errors="replace")):
            self._token = found[1]
        return answer


class Relay:
    """A way to another port of this machine that can be cut and mended."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._open: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self.port = 0

    def mend(self) -> None:
        """Let connections through, at the same port as before."""
        self._listener = listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        threading.Thread(target=self._take, args=[listener], daemon=True).start()

    def cut(self) -> None:
        """End every connection and refuse new ones."""
        assert self._listener is not None
        for end in (self._listener, *self._open):
            with suppress(OSError):  # it has ended by itself
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._open.clear()

    def _take(self, listener: socket.socket) -> None:
        with suppress(OSError):  # cut
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                self._open += [near, far]
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    @staticmethod
    def _pass_on(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):  # cut
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
