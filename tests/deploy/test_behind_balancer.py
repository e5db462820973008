"""nginx between the balancer and didim.conf, whose place a server takes that tells what it got."""

from __future__ import annotations

import http.client
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseServer, UnixStreamServer
from threading import Thread
from typing import Any

import pytest
import trustme

from tests.browser.server import free_port, wait_until
from tests.deploy.cloudformation import BEHIND, VALUES, written
from tests.deploy.tools import needs

DOMAIN = VALUES["Domain"]
VISITOR = "198.51.100.9"


class Tells(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        headers = [f"{name}: {value}" for name, value in self.headers.items()]
        body = "\n".join([f"{self.path} {self.request_version}", *headers]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def serving(server: BaseServer) -> Iterator[None]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def site() -> ThreadingHTTPServer:
    """Return a server that speaks TLS, to whoever names the domain in the handshake alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(DOMAIN).configure_cert(context)
    context.sni_callback = lambda _socket, name, _context: (
        None if name == DOMAIN else ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tells)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return server


class Balanced:
    """nginx with the file that the user data write."""

    def __init__(self, folder: Path, site_port: int) -> None:
        self.port = free_port()
        text = written(BEHIND)["didim-behind-balancer.conf"]
        for given, ours in {
            "listen 8080": f"listen 127.0.0.1:{self.port}",
            "/run/didim.sock": str(folder / "didim.sock"),
            "https://127.0.0.1": f"https://127.0.0.1:{site_port}",
        }.items():
            assert given in text
            text = text.replace(given, ours)
        self.configuration = folder / "nginx.conf"
        self.configuration.write_text(
            f"daemon off; user root; pid {folder}/pid; error_log stderr; events {{}}\n"
            f"http {{ access_log off; client_body_temp_path {folder}/body;\n{text}}}\n",
            encoding="utf-8",
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        folder = self.configuration.parent
        command = ["nginx", "-p", str(folder), "-c", str(self.configuration)]
        with (folder / "log").open("wb") as log:
            nginx = subprocess.Popen(command, stderr=log)

        def answers() -> bool:
            assert nginx.poll() is None, (folder / "log").read_text(encoding="utf-8")
            try:
                return self.get("/readyz", "10.20.0.5") != []
            except OSError:
                return False

        try:
            wait_until(answers, 10, "nginx answers")
            yield
        finally:
            nginx.terminate()
            nginx.wait(10)

    def get(self, path: str, host: str, **headers: str) -> list[str]:
        """Return what the server behind was asked; [] if nginx hung up."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)) as asked:
            asked.request("GET", path, headers={"Host": host, **named})
            try:
                return asked.getresponse().read().decode().splitlines()
            except http.client.RemoteDisconnected:
                return []


@pytest.fixture(scope="module")
def balanced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Balanced]:
    folder = tmp_path_factory.mktemp("balanced")
    with ExitStack() as stack:
        behind = site()
        stack.enter_context(serving(behind))
        stack.enter_context(serving(UnixStreamServer(str(folder / "didim.sock"), Tells)))
        found = Balanced(folder, behind.server_port)
        stack.enter_context(found.running())
        yield found


@needs("nginx")
def test_the_balancer_asks_by_address_whether_it_is_ready(balanced: Balanced) -> None:
    told = balanced.get("/readyz", "10.20.0.5:8080")
    assert told[0].startswith("/readyz ")
    assert f"Host: {DOMAIN}" in told


@needs("nginx")
def test_nobody_gets_more_under_another_name(balanced: Balanced) -> None:
    assert balanced.get("/", "10.20.0.5:8080") == []
    assert balanced.get("/login", "elsewhere.example") == []


@needs("nginx")
def test_the_visitor_is_whom_the_balancer_saw_last(balanced: Balanced) -> None:
    """The balancer appends the address it sees; what the visitor claims stands before it."""
    told = balanced.get("/login", DOMAIN, X_Forwarded_For=f"203.0.113.66, {VISITOR}")
    assert told[0] == "/login HTTP/1.1"  # nginx behind compresses nothing for 1.0
    assert f"X-Forwarded-For: {VISITOR}" in told
    assert f"Host: {DOMAIN}" in told
