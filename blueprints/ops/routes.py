"""What machines ask: is the process alive, can it reach its records, how does it do."""

from ipaddress import ip_address

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from blueprints.ops import bp
from blueprints.support.access import public
from blueprints.support.database import get_db
from blueprints.support.metrics import exposition
from tracker.errors import EmbeddedServer, NotFound
from tracker.use_cases.migrating import pending, refuse_embedded

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP")
"""A proxy sets one of these at least."""


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that the process answers."""
    return {"status": "ok"}


@bp.get("/metrics")
@public
def figures() -> ResponseReturnValue:
    """Give the figures to this machine alone: 404 for what came from elsewhere or by a proxy.

    A unix socket has no address: whoever may open it is on this machine.
    """
    if any(name in request.headers for name in FORWARDED) or not _is_here(request.remote_addr):
        raise NotFound("page", "metrics")
    return Response(exposition(get_db()), content_type=CONTENT_TYPE)


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Say that the database answers, is one for production, and migrated for this version.

    Else 503.
    """
    try:
        if not current_app.config["EMBEDDED"]:
            refuse_embedded(get_db())
    except EmbeddedServer as error:
        return {"status": str(error)}, 503
    names = pending(get_db())
    if names:
        return {"status": "not migrated", "pending": names}, 503
    return {"status": "ok"}


def _is_here(address: str | None) -> bool:
    return not address or ip_address(address).is_loopback
