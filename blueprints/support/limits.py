"""Rate limits; their counters are in MongoDB, so every instance counts together."""

from typing import Any

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits.storage import MongoDBStorage

from blueprints.support.access import current_person


class OnlyWhereDeclared(Limiter):
    """Looks at the views that declare a limit; the library would look before every request."""

    def _check_request_limit(
        self,
        callable_name: str | None = None,
        in_middleware: bool = True,  # noqa: FBT001, FBT002  the library's signature
    ) -> None:
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


limiter = OnlyWhereDeclared(get_remote_address)


def account_key() -> str:
    """Return the limit's key of whoever is signed in."""
    return current_person().id


class SharedClientStorage(MongoDBStorage):
    """The library's storage over the app's own client, so that a process has one pool."""

    STORAGE_SCHEME = ["didim"]  # noqa: RUF012

    def __init__(self, uri: str, client: Any, **options: Any) -> None:
        self._client = client
        super().__init__(uri, **options)

    def _init_mongo_client(self, uri: str | None, **options: int | str | bool) -> Any:
        return self._client

    def __del__(self) -> None:
        """Leave the client open: it is not ours."""


def init_app(app: Flask) -> None:
    database = app.extensions["didim_db"]
    app.config["RATELIMIT_STORAGE_URI"] = "didim://"
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {
        "client": database.client,
        "database_name": database.name,
        "counter_collection_name": "rate_limit_counters",
        "window_collection_name": "rate_limit_windows",
    }
    limiter.init_app(app)
