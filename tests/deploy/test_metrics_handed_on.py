"""The container beside Didim's that lets a scraper have /metrics, and nothing else."""

from __future__ import annotations

import runpy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.deploy.tools import DEPLOY

RELAY = runpy.run_path(str(DEPLOY / "k8s" / "base" / "metrics.py"))["Relay"]


class Didim(BaseHTTPRequestHandler):
    """Says what it was asked."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve for this block; give the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def relay() -> Iterator[str]:
    with (
        serving(Didim) as didim,
        serving(type("Own", (RELAY,), {"source": f"{didim}/metrics"})) as address,
    ):
        yield address


def status(address: str) -> int:
    with pytest.raises(HTTPError) as refused:
        urlopen(address, timeout=5)
    refused.value.close()
    return refused.value.code


def test_a_scraper_gets_the_figures(relay: str) -> None:
    with urlopen(f"{relay}/metrics", timeout=5) as answer:
        assert answer.read() == b"/metrics"
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4"


@pytest.mark.parametrize("path", ["/", "/login", "/metrics/../login", "/metrics?x"])
def test_nothing_else_is_handed_on(relay: str, path: str) -> None:
    assert status(relay + path) == 404


def test_a_process_that_does_not_answer_is_told() -> None:
    with serving(Didim) as didim:
        pass
    with serving(type("Own", (RELAY,), {"source": f"{didim}/metrics"})) as relay:
        assert status(f"{relay}/metrics") == 502
