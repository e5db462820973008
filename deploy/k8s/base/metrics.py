"""Hands on /metrics, which Didim tells to its own pod alone; a NetworkPolicy says to whom."""

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen


class Relay(BaseHTTPRequestHandler):
    """Answers /metrics as Didim does, 502 while Didim does not, and nothing else."""

    source = "http://127.0.0.1:8000/metrics"

    def do_GET(self) -> None:
        """Ask Didim."""
        if self.path != "/metrics":
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        try:
            with urlopen(self.source, timeout=10) as answer:  # noqa: S310  ours, and http
                kind, figures = answer.headers["Content-Type"], answer.read()
        except OSError:
            self.send_error(HTTPStatus.BAD_GATEWAY)
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(figures)))
        self.end_headers()
        self.wfile.write(figures)

    def log_message(self, *_: object) -> None:
        """Say nothing: a scraper asks again and again."""


if __name__ == "__main__":
    ThreadingHTTPServer(("", 9464), Relay).serve_forever()
