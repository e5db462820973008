"""Didim with one page more, which tells how the app sees its visitor; served by gunicorn."""

from __future__ import annotations

import secrets

from flask import Flask, request, session

from app import create_app as create_didim
from blueprints.support.access import public


@public
def mirror() -> dict[str, str | None]:
    session["full"] = secrets.token_urlsafe(int(request.args.get("cookie", 0)))
    return {
        "address": request.remote_addr,
        "host": request.host,
        "scheme": request.scheme,
        "request_id": request.headers.get("X-Request-ID"),
        "forwarded": request.headers.get("Forwarded"),
        "method": request.method,
        "padding": "." * 2000,
    }


def create_app() -> Flask:
    app = create_didim()
    app.add_url_rule("/mirror", "mirror", mirror)
    return app
