"""Figures for those who watch: bounded, cheap, and for this machine alone."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from pymongo import MongoClient

from tests.cast import Cast
from tests.crashing import Killed, dying_at
from tests.database import QUERIES
from tests.test_commands import run
from tracker.clock import utc_now
from tracker.documents import leases
from tracker.documents.schema import Db
from tracker.models import LogState
from tracker.use_cases import checking


def figures(client: FlaskClient) -> dict[str, float]:
    """Return every sample by its name, a label's value behind it where there is one."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    found = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found[" ".join([sample.name, *sample.labels.values()])] = sample.value
    return found


def test_a_request_is_counted_by_route_method_and_status(client: FlaskClient) -> None:
    name = "didim_requests_total GET /join/<invite> 404"
    before = figures(client)
    client.get("/join/one")
    client.get("/join/two")
    after = figures(client)
    assert after[name] == before.get(name, 0) + 2
    seconds = "didim_request_seconds_count /join/<invite>"
    assert after[seconds] == before.get(seconds, 0) + 2
    assert after["didim_requests_in_flight"] == 1, "the one that asks"
    finds = "didim_database_command_seconds_count find"
    assert after[finds] > before[finds]


def test_what_strangers_make_up_makes_no_label(client: FlaskClient) -> None:
    client.get("/metrics")
    before = figures(client).keys()
    for number in range(20):
        client.open(f"/made-up-{number}", method=f"MADE{number}")
        client.get(f"/join/made-up-{number}")
    after = figures(client).keys()
    assert not [name for name in after if "made-up" in name or "MADE" in name]
    assert len(after) - len(before) < 20


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("", {}, 200),  # over the unix socket
        ("10.0.0.7", {}, 404),
        ("10.0.0.7", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("", {"X-Forwarded-For": "203.0.113.9"}, 404),
        ("", {"X-Real-IP": "203.0.113.9"}, 404),
        ("", {"Forwarded": "for=203.0.113.9"}, 404),
    ],
)
def test_figures_are_for_this_machine_alone(
    client: FlaskClient, address: str, headers: dict[str, str], status: int
) -> None:
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status


def test_the_wait_before_the_app_is_known_from_a_trusted_proxy_alone(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waits() -> float:
        return figures(client)["didim_waited_seconds_count"]

    before = waits()
    started = {"X-Request-Start": f"t={time.time() - 2:.3f}"}
    client.get("/healthz", headers=started)
    assert waits() == before
    monkeypatch.setitem(app.config, "TRUSTED_PROXIES", 1)
    seconds = figures(client)["didim_waited_seconds_sum"]
    client.get("/healthz", headers=started)
    client.get("/healthz", headers={"X-Request-Start": "t=soon"})
    assert waits() == before + 1
    assert figures(client)["didim_waited_seconds_sum"] - seconds == pytest.approx(2, abs=0.5)


def test_what_is_owed_is_told_with_its_age(client: FlaskClient, cast: Cast, db: Db) -> None:
    found = figures(client)
    assert found["didim_database_up"] == 1
    assert found["didim_debts lesson_logs"] == found["didim_oldest_debt_seconds"] == 0

    with pytest.raises(Killed):
        cast.ada_logs(dying_at(db, 1, answered=True), "sql", LogState.STUCK)
    ago = cast.at - timedelta(hours=1)
    db["lesson_logs"].update_one({}, {"$set": {"updated_at": ago}})
    QUERIES.names.clear()
    found = figures(client)
    assert len(QUERIES.names) == 6
    assert found["didim_debts lesson_logs"] == 1
    assert found["didim_oldest_debt_seconds"] > 3600
    assert found["didim_migrations_pending"] == 0


def test_the_last_check_is_told(
    app: Flask, client: FlaskClient, cast: Cast, db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "PAUSE", 0.0)
    assert "didim_last_check_problems" not in figures(client)
    db["marks"].update_one({}, {"$set": {f"rows.{cast.ada_place.id}.marks": "++"}})

    assert run(app, "check").exit_code == 1
    found = figures(client)
    assert found["didim_last_check_problems"] == 1
    assert time.time() - found["didim_last_check_timestamp_seconds"] < 60

    assert run(app, "check", "--repair").exit_code == 0
    assert figures(client)["didim_last_check_problems"] == 0


def test_of_all_instances_one_makes_the_scheduled_check(
    app: Flask, cast: Cast, db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "PAUSE", 0.0)
    assert run(app, "check", "--scheduled").output == "everything agrees with the records\n"
    db["marks"].update_one({}, {"$set": {f"rows.{cast.ada_place.id}.marks": "++"}})
    assert "nothing is done" in run(app, "check", "--scheduled").output

    late = utc_now() - timedelta(seconds=1)
    db[leases.NAME].update_one({"_id": "check"}, {"$set": {"until": late}})
    assert run(app, "check", "--scheduled").exit_code == 1


def test_figures_come_while_the_database_is_away(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    away: MongoClient[dict[str, Any]] = MongoClient(
        "mongodb://127.0.0.1:9/", serverSelectionTimeoutMS=20
    )
    with away:
        monkeypatch.setitem(app.extensions, "didim_db", away["didim"])
        found = figures(client)
    assert found["didim_database_up"] == 0
    assert "didim_migrations_pending" not in found
    assert "didim_requests_in_flight" in found
