"""tls.sh gets its certificate from an ACME server of the test's own, through the real site."""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
import trustme

from embedded import dying_with_parent
from tests.browser.server import free_port, wait_until
from tests.deploy.nginx import NAME, Nginx, listens
from tests.deploy.tools import DEPLOY, needs

pytestmark = needs("nginx", "certbot", "pebble", "pebble-challtestsrv")


class Authority:
    """An ACME server and its name server, which finds every name on this machine."""

    def __init__(self, folder: Path, http_port: int) -> None:
        self.folder = folder
        self.port, self._names, self._api = free_port(), free_port(), free_port()
        trust = trustme.CA()
        trust.cert_pem.write_to_path(folder / "ca.pem")
        own = trust.issue_cert("127.0.0.1")
        own.cert_chain_pems[0].write_to_path(folder / "acme.pem")
        own.private_key_pem.write_to_path(folder / "acme.key")
        settings = {
            "listenAddress": f"127.0.0.1:{self.port}",
            "managementListenAddress": f"127.0.0.1:{free_port()}",
            "certificate": str(folder / "acme.pem"),
            "privateKey": str(folder / "acme.key"),
            "httpPort": http_port,
            "tlsPort": free_port(),
            "ocspResponderURL": "",
            "externalAccountBindingRequired": False,
        }
        (folder / "pebble.json").write_text(json.dumps({"pebble": settings}))

    @contextmanager
    def running(self) -> Iterator[None]:
        names, api = f"127.0.0.1:{self._names}", f"127.0.0.1:{self._api}"
        off = [part for name in ("http01", "https01", "tlsalpn01") for part in (f"-{name}", "")]
        find_names = ["-dns01", names, "-management", api, "-defaultIPv6", "", *off]
        answer = ["-config", str(self.folder / "pebble.json"), "-dnsserver", names]
        with ExitStack() as stack:
            for command in (["pebble-challtestsrv", *find_names], ["pebble", *answer]):
                stack.enter_context(self._child(command))
            wait_until(lambda: listens(self._api) and listens(self.port), 20, "pebble listens")
            yield

    @contextmanager
    def _child(self, command: list[str]) -> Iterator[None]:
        log = (self.folder / "pebble.log").open("ab")
        at_once = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"}
        with (
            log,
            subprocess.Popen(
                dying_with_parent(["/usr/bin/env", *command]),
                env=os.environ | at_once,
                stdout=log,
                stderr=log,
            ) as child,
        ):
            try:
                yield
            finally:
                child.terminate()


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Nginx]:
    """The site as install.sh leaves it: with a certificate that nobody trusts."""
    with Nginx(tmp_path) as nginx:
        command = tmp_path / "bin" / "nginx"
        command.parent.mkdir()
        real = shutil.which("nginx")
        command.write_text(f'#!/bin/sh\nexec {real} -c {tmp_path}/nginx.conf "$@"\n')
        command.chmod(0o755)
        yield nginx


@pytest.fixture
def authority(nginx: Nginx, tmp_path: Path) -> Iterator[Authority]:
    folder = tmp_path / "acme"
    folder.mkdir()
    authority = Authority(folder, nginx.plain)
    with authority.running():
        yield authority


def served(nginx: Nginx) -> str:
    """Return the certificate that visitors see now."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with closing(nginx.connect(context)) as connection:
        return ssl.DER_cert_to_PEM_cert(connection.getpeercert(binary_form=True) or b"").strip()


def run(nginx: Nginx, *command: str) -> subprocess.CompletedProcess[str]:
    folder = nginx.folder
    own = {
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "LETSENCRYPT": str(folder),
        "WEBROOT": str(folder / "webroot"),
        "REQUESTS_CA_BUNDLE": str(folder / "acme" / "ca.pem"),
    }
    places = ["--work-dir", str(folder / "work"), "--logs-dir", str(folder / "log")]
    return subprocess.run(
        [*command, *places], env=os.environ | own, capture_output=True, text=True, check=False
    )


def get_certificate(
    nginx: Nginx, authority: Authority, name: str = NAME
) -> subprocess.CompletedProcess[str]:
    directory = f"https://127.0.0.1:{authority.port}/dir"
    tls = str(DEPLOY / "ec2" / "tls.sh")
    return run(nginx, tls, name, "ada@example.com", "--server", directory)


def renew(nginx: Nginx) -> subprocess.CompletedProcess[str]:
    return run(
        nginx,
        *("certbot", "renew", "--force-renewal", "--no-random-sleep-on-renew"),
        *("--config-dir", str(nginx.folder)),
    )


def test_a_certificate_comes_stays_and_is_renewed(nginx: Nginx, authority: Authority) -> None:
    stand_in = served(nginx)
    done = get_certificate(nginx, authority)
    assert done.returncode == 0, done.stderr
    wait_until(lambda: served(nginx) != stand_in, 10, "nginx serves the new certificate")
    first = served(nginx)
    assert first in (nginx.certificates / "fullchain.pem").read_text()

    again = get_certificate(nginx, authority)
    assert again.returncode == 0, again.stderr
    assert first in (nginx.certificates / "fullchain.pem").read_text()

    assert renew(nginx).returncode == 0
    wait_until(lambda: served(nginx) != first, 10, "nginx serves the renewed certificate")
    second = served(nginx)
    assert second in (nginx.certificates / "fullchain.pem").read_text()

    nginx.rewrite("didim.conf", {"server_tokens off;": "server_tokens offf;"})
    assert "'deploy-hook' reported error code 1" in renew(nginx).stderr
    assert second not in (nginx.certificates / "fullchain.pem").read_text()
    assert served(nginx) == second  # nginx was left alone
    assert get_certificate(nginx, authority).returncode == 1


def test_a_refusal_leaves_the_stand_in(nginx: Nginx, authority: Authority) -> None:
    """nginx does not answer for another name, so the authority refuses."""
    other = nginx.folder / "live" / "other.example"
    other.mkdir()
    (other / "fullchain.pem").write_text("stand-in")
    done = get_certificate(nginx, authority, "other.example")
    assert done.returncode != 0
    assert (other / "fullchain.pem").read_text() == "stand-in"
