"""The real files of deploy/nginx served by a real nginx: only paths, ports and the user differ."""

from __future__ import annotations

import getpass
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
from contextlib import closing, suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

import trustme

from embedded import dying_with_parent
from tests.browser.server import free_port, wait_until
from tests.deploy.tools import DEPLOY, ROOT

NAME = "didim.example"
# What Debian and Ubuntu have around a site, so that ours must stand beside it.
MAIN = """
{user}
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/log/error.log info;
include /etc/nginx/modules-enabled/*.conf;
events {{ worker_connections 768; }}
http {{
    sendfile on;
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
    ssl_prefer_server_ciphers on;
    gzip on;
    access_log {folder}/log/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/didim.conf;
}}
"""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


class Nginx:
    """One nginx with our site. `folder` has its files, its logs and the socket of the app.

    `current` leads to this checkout, and `certificates` holds what certbot would have made.
    """

    def __init__(self, folder: Path, *, upstream: Path | None = None) -> None:
        self.folder = folder
        self.socket = folder / "didim.sock"
        self.log = folder / "log"
        self.current = folder / "current"
        self.certificates = folder / "live" / NAME
        self.plain, self.port, self.figures = free_port(), free_port(), free_port()
        self.authority = trustme.CA()
        self._child: subprocess.Popen[bytes] | None = None
        for made in (self.log, self.certificates, folder / "webroot", self.current / "deploy"):
            made.mkdir(parents=True)
        (self.current / "deploy" / "nginx").symlink_to(DEPLOY / "nginx")
        (self.current / "static").symlink_to(ROOT / "static")
        own = self.authority.issue_cert(NAME)
        own.cert_chain_pems[0].write_to_path(self.certificates / "fullchain.pem")
        own.private_key_pem.write_to_path(self.certificates / "privkey.pem")
        self._write_site(upstream or DEPLOY / "nginx" / "snippets" / "upstream.conf")

    def _write_site(self, upstream: Path) -> None:
        """Copy our files; each thing that has to differ here must stand in them."""
        snippets = self.folder / "snippets"
        shutil.copytree(DEPLOY / "nginx" / "snippets", snippets)
        shutil.copy(upstream, snippets / "upstream.conf")
        if not list(Path("/etc/nginx/modules-enabled").glob("*brotli-filter*")):
            (snippets / "brotli.conf").unlink()
        shutil.copy(DEPLOY / "nginx" / "didim.conf", self.folder)
        listen_6 = "listen [::1]" if has_ipv6() else "# listen [::1]"
        self.rewrite(
            "didim.conf",
            {
                "/etc/nginx/snippets/didim/": f"{snippets}/",
                "/opt/didim/current": str(self.current),
                "/var/log/nginx/": f"{self.log}/",
                "/var/www/letsencrypt": str(self.folder / "webroot"),
                "listen 80": f"listen 127.0.0.1:{self.plain}",
                "listen [::]:80": f"{listen_6}:{self.plain}",
                "listen 443": f"listen 127.0.0.1:{self.port}",
                "listen [::]:443": f"{listen_6}:{self.port}",
                "127.0.0.1:9464": f"127.0.0.1:{self.figures}",
            },
        )
        self.rewrite("snippets/tls.conf", {"/etc/letsencrypt": str(self.folder)})
        if upstream.name == "upstream.conf":
            self.rewrite("snippets/upstream.conf", {"/run/didim.sock": str(self.socket)})
        user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""
        main = MAIN.format(user=user, folder=self.folder)
        (self.folder / "nginx.conf").write_text(main, encoding="utf-8")

    def rewrite(self, name: str, changes: dict[str, str]) -> None:
        """Change the copy of one of our files; every old text must be there."""
        file = self.folder / name
        text = file.read_text(encoding="utf-8")
        for old, new in changes.items():
            assert old in text, f"{name} has no {old!r}"
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")

    def command(self, *options: str) -> list[str]:
        return ["nginx", "-c", str(self.folder / "nginx.conf"), *options]

    def check(self) -> subprocess.CompletedProcess[str]:
        """Let nginx test the configuration."""
        return subprocess.run(self.command("-t"), capture_output=True, text=True, check=False)

    def __enter__(self) -> Nginx:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it listens."""
        with (self.log / "start.log").open("ab") as log:
            child = subprocess.Popen(
                dying_with_parent(["/usr/bin/env", *self.command("-g", "daemon off;")]),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._child = child

        def is_up() -> bool:
            assert child.poll() is None, (self.log / "start.log").read_text(encoding="utf-8")
            return listens(self.port)

        wait_until(is_up, 10, "nginx listens")

    def stop(self) -> None:
        """Stop it with its workers."""
        if self._child is None:
            return
        self._child.send_signal(signal.SIGTERM)
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()

    def trusting(self) -> ssl.SSLContext:
        """Return a client's TLS that trusts this site's authority alone."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.authority.configure_trust(context)
        return context

    def connect(self, context: ssl.SSLContext | None = None) -> ssl.SSLSocket:
        """Open a connection to the site as a browser does."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        return (context or self.trusting()).wrap_socket(plain, server_hostname=NAME)

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        *,
        headers: dict[str, str] | None = None,
        https: bool = True,
    ) -> Answer:
        """Ask over a connection of its own."""
        connection = http.client.HTTPConnection(NAME)
        with closing(connection):
            connection.sock = (
                self.connect()
                if https
                else socket.create_connection(("127.0.0.1", self.plain), timeout=60)
            )
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())


def listens(port: int) -> bool:
    """Tell whether something takes connections at this port of this machine."""
    with closing(socket.socket()) as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


def has_ipv6() -> bool:
    """Tell whether this machine has an IPv6 address of its own; some containers do not."""
    with closing(socket.socket(socket.AF_INET6)) as six, suppress(OSError):
        six.bind(("::1", 0))
        return True
    return False
