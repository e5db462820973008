"""nginx before Didim, started first: what visitors get from each address, and what stays unsaid."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from blueprints.support.assets import static_version
from blueprints.support.headers import HEADERS
from tests.browser.server import wait_until
from tests.deploy.nginx import NAME, Answer, Nginx, has_ipv6
from tests.deploy.serving import Instance, unix_socket
from tests.deploy.tools import ROOT, needs

pytestmark = needs("nginx")

HSTS = {"Strict-Transport-Security": "max-age=31536000"}
TODAY, OLD = f"/static/{static_version()}", "/static/0123456789ab"
MEBIBYTE = 2**20
PAGES = [
    ("/login", 200),
    ("/", 302),
    ("/healthz", 200),
    ("/nothing", 404),
    (f"{TODAY}/css/page.css", 200),
    (f"{TODAY}/css/none.css", 404),
    (f"{OLD}/css/page.css", 200),
    ("/metrics", 404),
    ("/sorry/sorry.css", 200),
    ("/sorry/unavailable.html", 404),
    (f"/{'long' * 3000}", 414),
]


def wears(answer: Answer, headers: dict[str, str]) -> None:
    """Fail unless each of these headers is there once, with this value."""
    assert {name: answer.headers.get_all(name) for name in headers} == {
        name: [value] for name, value in headers.items()
    }


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """nginx of a fresh release, while the app does not run yet."""
    nginx = Nginx(tmp_path_factory.mktemp("nginx"))
    (nginx.current / ".venv").symlink_to(sys.prefix)
    for part in ("blueprints", "tracker"):
        (nginx.current / part).symlink_to(ROOT / part)
    subprocess.run([nginx.current / "deploy" / "nginx" / "publish-static"], check=True)
    with nginx:
        yield nginx


@pytest.fixture(scope="module")
def early(nginx: Nginx) -> Callable[[str], Answer]:
    """Return what came before the app ran."""
    paths = ("/", "/join/secret-token", f"{TODAY}/css/page.css", f"{OLD}/css/page.css")
    answers = {path: nginx.get(path, Referer=f"https://{NAME}/") for path in paths}
    answers["POST"] = nginx.ask("POST", "/login", "email=a")
    return answers.__getitem__


@pytest.fixture(scope="module")
def site(nginx: Nginx, early: object, mongo_server: str) -> Iterator[Nginx]:
    with unix_socket(nginx.socket) as held:
        app = Instance(nginx.folder, mongo_server, held, app="tests.deploy.mirror:create_app()")
        try:
            app.start()
            yield nginx
        finally:
            app.stop()


@pytest.mark.parametrize("path", ["/", "/join/secret-token", f"{OLD}/css/page.css", "POST"])
def test_before_the_app_runs_a_kind_page_asks_to_wait(
    early: Callable[[str], Answer], path: str
) -> None:
    answer = early(path)
    assert answer.status == 502
    wears(answer, HEADERS | HSTS | {"Retry-After": "5", "Cache-Control": "no-store"})
    assert "디딤이 잠시 응답하지 않아요" in answer.text
    assert "Reload in a few seconds" in answer.text
    assert "<style" not in answer.text
    assert " style=" not in answer.text


def test_todays_static_files_come_without_the_app(early: Callable[[str], Answer]) -> None:
    answer = early(f"{TODAY}/css/page.css")
    assert answer.status == 200
    assert answer.body == (ROOT / "static/css/page.css").read_bytes()
    wears(answer, {"Cache-Control": "public, max-age=31536000, immutable"})
    wears(answer, {"Content-Type": "text/css; charset=utf-8"})


def test_a_static_file_under_an_old_hash_is_not_kept(site: Nginx) -> None:
    answer = site.get(f"{OLD}/css/page.css")
    assert answer.body == (ROOT / "static/css/page.css").read_bytes()
    wears(answer, {"Cache-Control": "no-cache"})


@pytest.mark.parametrize(("path", "status"), PAGES)
def test_every_location_has_every_header_once(site: Nginx, path: str, status: int) -> None:
    answer = site.get(path)
    assert answer.status == status
    wears(answer, HEADERS | HSTS | {"Server": "nginx"})
    assert len(answer.headers.get_all("Cache-Control", [])) == 1


def test_figures_are_not_told_outside(site: Nginx) -> None:
    answer = site.get("/metrics")
    assert answer.status == 404
    assert "/sorry/sorry.css" in answer.text  # by nginx; the app was not asked


def test_figures_are_told_on_a_port_of_this_machine(site: Nginx) -> None:
    site.get("/login")
    with urlopen(f"http://127.0.0.1:{site.figures}/metrics") as answer:
        figures = answer.read().decode()
    assert re.search(r"^didim_waited_seconds_count [1-9]", figures, re.MULTILINE)
    with pytest.raises(HTTPError, match="404"):
        urlopen(f"http://127.0.0.1:{site.figures}/login")


@pytest.mark.parametrize("path", ["/join/secret-token", "/welcome/secret-token"])
def test_a_link_that_lets_in_is_not_told_on(site: Nginx, path: str) -> None:
    answer = site.get(path)
    assert answer.status == 404
    wears(answer, HEADERS | HSTS | {"Referrer-Policy": "strict-origin"})


def test_http_leads_to_https_but_for_certbots_file(site: Nginx) -> None:
    answer = site.ask("GET", "/login?next=/", https=False)
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/login?next=/")
    wears(answer, HEADERS)
    assert "Strict-Transport-Security" not in answer.headers
    challenge = site.folder / "webroot" / ".well-known" / "acme-challenge"
    challenge.mkdir(parents=True)
    (challenge / "token").write_text("proof")
    answer = site.ask("GET", "/.well-known/acme-challenge/token", https=False)
    assert (answer.status, answer.text) == (200, "proof")


@pytest.mark.parametrize("encoding", ["br", "gzip"])
@pytest.mark.parametrize(
    "path", ["/login", "/mirror", f"{TODAY}/css/page.css", f"{TODAY}/vendor/icons.svg"]
)
def test_texts_are_compressed(site: Nginx, path: str, encoding: str) -> None:
    if encoding == "br" and not (site.folder / "snippets" / "brotli.conf").exists():
        pytest.skip("this nginx has no brotli module")
    answer = site.get(path, Accept_Encoding=encoding)
    wears(answer, {"Content-Encoding": encoding})
    assert "Accept-Encoding" in str(answer.headers.get_all("Vary"))
    assert len(answer.body) < len(site.get(path).body) / 1.5


def test_what_a_client_claims_about_itself_is_dropped(site: Nginx) -> None:
    claims = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example",
        "X-Request-ID": "mine",
        "Forwarded": "for=203.0.113.9;host=evil.example",
    }
    seen = site.ask("GET", "/mirror", headers=claims).json()
    assert (seen["address"], seen["scheme"], seen["host"]) == ("127.0.0.1", "https", NAME)
    assert seen["forwarded"] is None
    assert len(seen["request_id"]) == 32


def test_a_full_session_cookie_passes(site: Nginx) -> None:
    answer = site.get("/mirror?cookie=2700")
    assert answer.status == 200
    assert len(answer.headers["Set-Cookie"]) > 3500


def test_bodies_are_bounded_as_the_app_bounds_them(site: Nginx) -> None:
    answer = site.ask("POST", "/login", headers={"Content-Length": str(4 * MEBIBYTE + 1)})
    assert answer.status == 413
    assert "보낸 내용이 너무 커요" in answer.text
    wears(answer, HEADERS | HSTS)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = site.ask("POST", "/login", b"email=".ljust(4 * MEBIBYTE, b"a"), headers=form)
    assert answer.status == 400  # by the app: there is no CSRF token


def test_a_class_may_sign_in_at_once_but_nobody_may_try_on_and_on(site: Nginx) -> None:
    with closing(http.client.HTTPConnection(NAME)) as browser:
        browser.sock = site.connect()

        def attempt() -> int:
            browser.request("POST", "/login", "email=a")
            answer = browser.getresponse()
            answer.read()
            return answer.status

        tries = [attempt() for _ in range(60)]
        assert set(tries) == {400}
        wait_until(lambda: attempt() == 429, 20, "too many tries")
        browser.request("POST", "/join/secret-token")
        found = browser.getresponse()
        answer = Answer(found.status, found.headers, found.read())
    assert answer.status == 429
    assert "시도가 너무 많아요" in answer.text
    wears(answer, HEADERS | HSTS | {"Retry-After": "60"})
    assert site.get("/login").status == 200


@pytest.mark.parametrize("https", [True, False])
def test_another_name_gets_no_answer(site: Nginx, https: bool) -> None:
    with pytest.raises(http.client.RemoteDisconnected):
        site.ask("GET", "/healthz", headers={"Host": "evil.example"}, https=https)


def test_no_log_holds_a_query_or_a_link_that_lets_in(site: Nginx) -> None:
    for path in ("/join/secret-token", "/welcome/secret-token?a=1", "/login?next=secret-token"):
        site.get(path)
    site.get("/nothing?last=secret-token")
    access = site.log / "didim.access.log"
    wait_until(lambda: '"path":"/nothing"' in access.read_text(), 5, "the log is written")
    assert '"path":"/join/***"' in access.read_text()
    assert '"path":"/login"' in access.read_text()
    for file in site.log.iterdir():
        assert "secret-token" not in file.read_text(encoding="utf-8"), file


@needs("curl")
def test_browsers_get_http_2(site: Nginx) -> None:
    site.authority.cert_pem.write_to_path(site.folder / "ca.pem")
    done = subprocess.run(
        [
            *("curl", "-s", "-o", "/dev/null", "-w", "%{http_version} %{http_code}", "--http2"),
            *("--cacert", str(site.folder / "ca.pem"), f"https://{NAME}/healthz"),
            *("--connect-to", f"{NAME}:443:127.0.0.1:{site.port}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "2 200"


def test_an_app_that_does_not_answer_in_time(tmp_path_factory: pytest.TempPathFactory) -> None:
    nginx = Nginx(tmp_path_factory.mktemp("slow"))
    nginx.rewrite("snippets/proxy.conf", {"proxy_read_timeout 40s": "proxy_read_timeout 300ms"})
    with unix_socket(nginx.socket), nginx:
        answer = nginx.get("/join/secret-token")
    assert answer.status == 504
    wears(answer, HEADERS | HSTS | {"Retry-After": "5"})
    for file in nginx.log.iterdir():
        assert "secret-token" not in file.read_text(encoding="utf-8"), file


def test_ipv6_is_served_too(site: Nginx) -> None:
    if not has_ipv6():
        pytest.skip("this machine has no IPv6")
    with closing(http.client.HTTPConnection("::1", site.plain)) as connection:
        connection.request("GET", "/", headers={"Host": NAME})
        assert connection.getresponse().status == 301
