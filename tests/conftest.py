"""What the tests of pages stand on: the app over a real database, a browser, and the cast."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from pymongo import MongoClient

from app import create_app
from blueprints.support import debts
from blueprints.support.limits import limiter
from config import Settings
from tests.cast import Cast, make_cast
from tracker.clock import utc_now
from tracker.documents.schema import Db
from tracker.use_cases import accounts

pytest_plugins = ["tests.database"]


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Give argon2 its least cost (0.1 s a hash otherwise); all else stays as it is."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(accounts, "HASHER", cheap)
        yield


@pytest.fixture(scope="session")
def session_app(mongo_server: str, mongo_client: MongoClient[dict[str, Any]]) -> Flask:
    """Wire the app once; rate limits count in a database of their own."""
    settings = Settings(
        secret_key="only for tests",
        mongodb_uri=mongo_server,
        mongodb_database="test_limits",
        embedded=True,
    )
    app = create_app(settings, mongo_client)
    app.testing = True
    return app


@pytest.fixture
def app(session_app: Flask, db: Db, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Return the app over this test's database, without CSRF and with unused rate limits.

    It looks for debts when a cohort is first opened, and not again: queries are counted.
    """
    monkeypatch.setattr(debts, "LOOK_SECONDS", 1e9)
    session_app.extensions["didim_db"] = db
    session_app.config["WTF_CSRF_ENABLED"] = False
    limiter.reset()
    return session_app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def cast(db: Db) -> Cast:
    return make_cast(db, at=utc_now())
