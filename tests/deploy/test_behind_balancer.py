"""Our site as the load balancer meets it: by an address for health, by no name in TLS for pages."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer
from threading import Thread
from typing import Any

import pytest

from tests.browser.server import free_port
from tests.deploy.cloudformation import BEHIND, VALUES, written
from tests.deploy.nginx import NAME, Nginx
from tests.deploy.tools import needs

VISITOR = "198.51.100.9"
BALANCER = "10.20.0.5"


class Tells(BaseHTTPRequestHandler):
    """In place of the app: answers with what it was asked, and for whom."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        whom = self.headers["X-Forwarded-For"]
        self.wfile.write(f"{self.path} of {self.headers['Host']} for {whom}".encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def app_at(socket: Path) -> Iterator[None]:
    server = UnixStreamServer(str(socket), Tells)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Instance(Nginx):
    """Our site with the file that the user data write; the balancer is this machine."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.health = free_port()
        ours = written(BEHIND)["didim-behind-balancer.conf"]
        (folder / "behind.conf").write_text(ours, encoding="utf-8")
        changes = {
            "listen 8080": f"listen 127.0.0.1:{self.health}",
            "/run/didim.sock": str(self.socket),
            VALUES["NetworkRange"]: "127.0.0.0/8",
        }
        self.rewrite("behind.conf", changes)
        site = f"include {folder}/didim.conf;"
        self.rewrite("nginx.conf", {site: f"include {folder}/behind.conf; {site}"})

    def asked_for_health(self, path: str) -> str:
        return body(http.client.HTTPConnection("127.0.0.1", self.health), path, Host=BALANCER)

    def asked_for_pages(self, host: str) -> str:
        """Ask as the load balancer does: it takes any certificate, and names nobody in TLS."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context)
        claimed = {"X-Forwarded-For": f"203.0.113.66, {VISITOR}"}
        return body(connection, "/login", Host=host, **claimed)


def body(connection: http.client.HTTPConnection, path: str, **headers: str) -> str:
    """Return what comes; nothing if nginx hangs up."""
    with closing(connection):
        connection.request("GET", path, headers=headers)
        try:
            return connection.getresponse().read().decode()
        except http.client.RemoteDisconnected:
            return ""


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    with Instance(tmp_path_factory.mktemp("behind")) as found, app_at(found.socket):
        found.socket.chmod(0o666)
        yield found


@needs("nginx")
def test_the_balancer_asks_by_address_whether_it_is_ready(instance: Instance) -> None:
    told = instance.asked_for_health("/readyz")
    assert told.startswith(f"/readyz of {VALUES['Domain']} ")


@needs("nginx")
def test_it_gets_nothing_else_where_it_asks_for_health(instance: Instance) -> None:
    assert instance.asked_for_health("/login") == ""


@needs("nginx")
def test_the_visitor_is_whom_the_balancer_saw(instance: Instance) -> None:
    """The balancer appends the address it sees; what the visitor claims stands before it."""
    assert instance.asked_for_pages(NAME) == f"/login of {NAME} for {VISITOR}"


@needs("nginx")
def test_another_name_gets_no_page(instance: Instance) -> None:
    assert instance.asked_for_pages("elsewhere.example") == ""
