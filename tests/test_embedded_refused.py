"""Production takes the embedded server only when it is asked for by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tracker.documents import preparing
from tracker.documents.schema import Db


@pytest.fixture
def production(app: Flask) -> Iterator[Flask]:
    """The app as it is where nobody set DIDIM_EMBEDDED."""
    app.config["EMBEDDED"] = False
    yield app
    app.config["EMBEDDED"] = True


def test_nothing_is_prepared_in_an_embedded_database(production: Flask, db: Db) -> None:
    db.drop_collection("cohorts")

    refused = production.test_cli_runner().invoke(args=["database", "prepare"])

    assert refused.exit_code != 0
    assert "DIDIM_EMBEDDED=1" in refused.output
    assert len(refused.output.splitlines()) == 1
    assert "cohorts" not in db.list_collection_names()


def test_a_server_on_an_embedded_database_is_not_ready(production: Flask) -> None:
    answer = production.test_client().get("/readyz")

    assert answer.status_code == 503
    assert "DIDIM_EMBEDDED=1" in answer.get_json()["status"]


def test_a_server_that_was_asked_for_it_is_ready(app: Flask) -> None:
    assert app.test_client().get("/readyz").status_code == 200


def test_any_other_server_is_taken(production: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "is_embedded", lambda _: False)

    assert production.test_client().get("/readyz").get_json() == {"status": "ok"}
    assert production.test_cli_runner().invoke(args=["database", "prepare"]).exit_code == 0


def test_the_embedded_server_is_known_by_its_own_word(db: Db) -> None:
    class MongoDB:
        def command(self, name: str) -> dict[str, Any]:
            assert name == "buildInfo"
            return {"version": "8.0.4", "modules": []}

    assert preparing.is_embedded(db)
    assert not preparing.is_embedded(MongoDB())  # type: ignore[arg-type]
