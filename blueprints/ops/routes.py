"""What machines ask: is the process alive, and can it reach its records."""

from flask import current_app
from flask.typing import ResponseReturnValue

from blueprints.ops import bp
from blueprints.support.access import public
from blueprints.support.database import get_db
from tracker.errors import EmbeddedServer
from tracker.use_cases.checking import refuse_embedded


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that the process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Say that the database answers too; 503 if it does not, or is not for production."""
    if current_app.config["EMBEDDED"]:
        get_db().command("ping")
        return {"status": "ok"}
    try:
        refuse_embedded(get_db())
    except EmbeddedServer as error:
        return {"status": str(error)}, 503
    return {"status": "ok"}
