"""nginx as the load balancer meets it: by an address for health, by no name in TLS for pages."""

from __future__ import annotations

import http.client
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer
from threading import Thread
from typing import Any

import pytest
import trustme

from tests.browser.server import free_port, wait_until
from tests.deploy.cloudformation import BEHIND, VALUES, written
from tests.deploy.tools import needs

DOMAIN = VALUES["Domain"]
VISITOR = "198.51.100.9"
BALANCER = "10.20.0.5"
CONFIGURATION = """
daemon off; user root; pid {folder}/pid; error_log stderr; events {{}}
http {{
  access_log off;
  {ours}
  # in place of didim.conf: whoever asks for another name gets no answer
  ssl_certificate {folder}/certificate.pem;
  ssl_certificate_key {folder}/certificate.pem;
  server {{ listen 127.0.0.1:{pages} ssl default_server; return 444; }}
  server {{ listen 127.0.0.1:{pages} ssl; server_name {domain}; return 200 "$remote_addr\n"; }}
}}
"""


class Ready(BaseHTTPRequestHandler):
    """Answers with what it was asked for, as the app at its socket."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{self.path} of {self.headers['Host']}\n".encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def app_at(socket: Path) -> Iterator[None]:
    server = UnixStreamServer(str(socket), Ready)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Instance:
    """nginx with the file that the user data write, and two sites; the balancer is this machine."""

    def __init__(self, folder: Path) -> None:
        self.health, self.pages = free_port(), free_port()
        ours = written(BEHIND)["didim-behind-balancer.conf"]
        for given, here in {
            "listen 8080": f"listen 127.0.0.1:{self.health}",
            "/run/didim.sock": str(folder / "didim.sock"),
            VALUES["NetworkRange"]: "127.0.0.0/8",
        }.items():
            assert given in ours
            ours = ours.replace(given, here)
        trustme.CA().issue_cert(DOMAIN).private_key_and_cert_chain_pem.write_to_path(
            folder / "certificate.pem"
        )
        self.configuration = folder / "nginx.conf"
        self.configuration.write_text(
            CONFIGURATION.format(folder=folder, ours=ours, pages=self.pages, domain=DOMAIN),
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
                return self.asked_for_health("/readyz") != ""
            except OSError:
                return False

        try:
            wait_until(answers, 10, "nginx answers")
            yield
        finally:
            nginx.terminate()
            nginx.wait(10)

    def asked_for_health(self, path: str) -> str:
        return asked(http.client.HTTPConnection("127.0.0.1", self.health), path, Host=BALANCER)

    def asked_for_pages(self, host: str) -> str:
        """Ask as the load balancer does: it takes any certificate, and names nobody in TLS."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        connection = http.client.HTTPSConnection("127.0.0.1", self.pages, context=context)
        claimed = {"X-Forwarded-For": f"203.0.113.66, {VISITOR}"}
        return asked(connection, "/login", Host=host, **claimed)


def asked(connection: http.client.HTTPConnection, path: str, **headers: str) -> str:
    """Return the body; empty if nginx hung up."""
    with closing(connection):
        connection.request("GET", path, headers=headers)
        try:
            return connection.getresponse().read().decode()
        except http.client.RemoteDisconnected:
            return ""


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    folder = tmp_path_factory.mktemp("behind")
    found = Instance(folder)
    with app_at(folder / "didim.sock"), found.running():
        yield found


@needs("nginx")
def test_the_balancer_asks_by_address_whether_it_is_ready(instance: Instance) -> None:
    assert instance.asked_for_health("/readyz") == f"/readyz of {DOMAIN}\n"


@needs("nginx")
def test_it_gets_nothing_else_where_it_asks_for_health(instance: Instance) -> None:
    assert instance.asked_for_health("/login") == ""


@needs("nginx")
def test_the_visitor_is_whom_the_balancer_saw(instance: Instance) -> None:
    """The balancer appends the address it sees; what the visitor claims stands before it."""
    assert instance.asked_for_pages(DOMAIN) == f"{VISITOR}\n"


@needs("nginx")
def test_another_name_gets_no_page(instance: Instance) -> None:
    assert instance.asked_for_pages("elsewhere.example") == ""
