"""Our nginx files pass nginx's own test and gixy's; copies with a flaw pass neither."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.nginx import Nginx
from tests.deploy.tools import DEPLOY, needs

pytestmark = needs("nginx")

GIXY = Path(sys.executable).with_name("gixy")
FLAWS = {
    "host_spoofing": ("proxy.conf", "Host $host;", "Host $http_host;"),
    "add_header_redefinition": (
        "../didim.conf",
        "add_header Strict-Transport-Security $didim_hsts always;",
        "",
    ),
    "weak_ssl_tls": ("tls.conf", "ssl_protocols TLSv1.2", "ssl_protocols TLSv1 TLSv1.2"),
    "http_splitting": ("../didim.conf", "didim.example$request_uri", "didim.example$uri"),
    "version_disclosure": ("../didim.conf", "server_tokens off", "server_tokens on"),
}


@pytest.fixture
def nginx(tmp_path: Path) -> Nginx:
    return Nginx(tmp_path)


def gixy(nginx: Nginx) -> str:
    """Return what gixy finds in our part; what stands around it is the distribution's."""
    # It takes a port like 44312 for TLS.
    nginx.rewrite("didim.conf", {f":{nginx.plain}": ":80", f":{nginx.port}": ":443"})
    ours = nginx.folder / "ours.conf"
    ours.write_text(f"http {{ include {nginx.folder}/didim.conf; }}\n", encoding="utf-8")
    done = subprocess.run([GIXY, ours], capture_output=True, text=True, check=False)
    assert "Results" in done.stdout, done.stderr
    assert (done.returncode == 0) == ("No issues found" in done.stdout)
    return done.stdout


def test_gixy_finds_nothing(nginx: Nginx) -> None:
    assert "No issues found" in gixy(nginx)


@pytest.mark.parametrize("flaw", FLAWS)
def test_gixy_finds_a_flaw(nginx: Nginx, flaw: str) -> None:
    name, sound, flawed = FLAWS[flaw]
    nginx.rewrite(f"snippets/{name}", {sound: flawed})
    assert f"[{flaw}]" in gixy(nginx)


def test_both_take_the_site_before_several_instances(tmp_path: Path) -> None:
    several = Nginx(tmp_path, upstream=DEPLOY / "lb" / "nginx-lb.conf")
    assert several.check().returncode == 0
    assert "No issues found" in gixy(several)


def test_nginx_takes_the_files(nginx: Nginx) -> None:
    done = nginx.check()
    assert done.returncode == 0, done.stderr


def test_nginx_takes_them_without_brotli(nginx: Nginx) -> None:
    (nginx.folder / "snippets" / "brotli.conf").unlink(missing_ok=True)
    assert nginx.check().returncode == 0


@pytest.mark.parametrize(
    ("name", "sound", "flawed"),
    [
        ("didim.conf", "limit_req_status 429;", "limit_req_statuss 429;"),
        ("snippets/tls.conf", "fullchain.pem", "none.pem"),
        ("snippets/upstream.conf", "upstream didim {", "upstream {"),
    ],
)
def test_nginx_refuses_a_flawed_copy(nginx: Nginx, name: str, sound: str, flawed: str) -> None:
    nginx.rewrite(name, {sound: flawed})
    assert nginx.check().returncode != 0
