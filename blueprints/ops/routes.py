"""What machines ask: is the process alive, and can it reach its records."""

from flask.typing import ResponseReturnValue

from blueprints.ops import bp
from blueprints.support.access import public
from blueprints.support.database import get_db
from tracker.use_cases.migrating import pending


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that the process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Say that the database answers and is migrated for this version, by one read; else 503."""
    names = pending(get_db())
    if names:
        return {"status": "not migrated", "pending": names}, 503
    return {"status": "ok"}
