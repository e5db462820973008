"""One line for each request, and one for each error, with the id that the answer has too.

A line names the route, never the path or what follows it: invitations are in paths. It holds no
text, no address, no name. On a laptop (the embedded database) lines are to be read, not parsed.
"""

import logging
import re
import sys
import time
from secrets import token_hex
from typing import Any, TextIO

import structlog
from flask import Flask, Response, current_app, g, request

from blueprints.support import metrics

REQUEST_ID = re.compile(r"[0-9a-zA-Z-]{8,64}")
STARTED = re.compile(r"t=(\d{10}\.\d{3})")
"""When nginx had the request, as its `$msec` has it."""


def request_id() -> str:
    """Return the id of this request."""
    found: str | None = g.get("request_id")
    if found is None:
        trusted = current_app.config["TRUSTED_PROXIES"]
        given = request.environ.get("HTTP_X_REQUEST_ID", "") if trusted else ""
        found = g.request_id = given if REQUEST_ID.fullmatch(given) else token_hex(8)
    return found


def log_line() -> Any:
    """Return the logger of the running app."""
    return current_app.extensions["didim_lines"]


def whence() -> dict[str, str]:
    """Return what every line of a request says of it."""
    rule = request.url_rule
    return {
        "request": request_id(),
        "method": request.method,
        "route": rule.rule if rule else "none",
    }


def lines_to(stream: TextIO, level: str, *, for_people: bool) -> Any:
    """Return a logger that writes to this stream from this level on."""
    in_json = structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.wrap_logger(
        structlog.WriteLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=False) if for_people else in_json,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
    ).bind()


def init_app(app: Flask) -> None:
    """Take the time of each request; the first part to be wired sees it all."""
    app.extensions["didim_lines"] = lines_to(
        sys.stderr, app.config["LOG_LEVEL"], for_people=app.config["EMBEDDED"]
    )
    app.before_request(_begin)
    app.after_request(_tell)
    app.teardown_request(_end)


def _begin() -> None:
    g.began = (time.perf_counter(), metrics.commands_asked())
    metrics.request_begun(_waited())


def _tell(response: Response) -> Response:
    began, asked = g.began
    seconds = time.perf_counter() - began
    about = whence()
    response.headers["X-Request-ID"] = about["request"]
    metrics.request_answered(about["route"], about["method"], response.status_code, seconds)
    line = log_line()
    if line.is_enabled_for(logging.INFO):
        line.info(
            "request",
            **about,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
            bytes=response.content_length,
            queries=metrics.commands_asked() - asked,
        )
    return response


def _end(_error: BaseException | None) -> None:
    if g.pop("began", None) is not None:
        metrics.request_ended()


def _waited() -> float | None:
    """Return the seconds since the web server had the request, if it is to be trusted."""
    if not current_app.config["TRUSTED_PROXIES"]:
        return None
    started = STARTED.fullmatch(request.environ.get("HTTP_X_REQUEST_START", ""))
    return max(0.0, time.time() - float(started[1])) if started else None
