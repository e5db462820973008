"""Static files below an address that carries a hash of them all, so they may be kept for a year.

The hash is a folder of the address (/static/3f…/js/site.js), so that what a module or a style
sheet names beside itself has it too.
"""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from blueprints.support.access import public

STATIC = Path(__file__).resolve().parents[2] / "static"
YEAR = 365 * 24 * 3600


@cache
def static_version() -> str:
    """Return a hash of every static file, taken once for each process."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@public
def static(version: str, filename: str) -> ResponseReturnValue:
    """Answer with a static file, to be kept for a year under today's hash."""
    response = send_from_directory(STATIC, filename)
    current = version == static_version()
    response.headers["Cache-Control"] = (
        f"public, max-age={YEAR}, immutable" if current else "no-cache"
    )
    return response


@cache
def asset_url(name: str) -> str:
    """Return the address of a file below static/, for example "css/page.css"."""
    return url_for("static", version=static_version(), filename=name)


@cache
def icon(name: str) -> Markup:
    """Return a bootstrap icon that only decorates; the words stand beside it."""
    return Markup(
        '<svg class="icon" width="1em" height="1em" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>'
    ).format(asset_url("vendor/icons.svg"), name)


def init_app(app: Flask) -> None:
    app.add_url_rule("/static/<version>/<path:filename>", "static", static)
    app.jinja_env.globals.update(asset_url=asset_url, icon=icon)
