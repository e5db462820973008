"""The database of the running app."""

from flask import current_app

from tracker.documents.schema import Db


def get_db() -> Db:
    """Return the database that create_app was given a client for."""
    db: Db = current_app.extensions["didim_db"]
    return db
