"""What machines ask: is the process alive, and can it reach its records."""

from flask.typing import ResponseReturnValue

from blueprints.ops import bp
from blueprints.support.access import public
from blueprints.support.database import get_db


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that the process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Say that the database answers too; 503 if it does not."""
    get_db().command("ping")
    return {"status": "ok"}
