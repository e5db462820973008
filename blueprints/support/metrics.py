"""Figures for Prometheus: what is asked, how long it takes, what is owed.

gunicorn's workers keep theirs in files of PROMETHEUS_MULTIPROC_DIR, one for each number that a
worker has (deploy/gunicorn.conf.py): whichever worker is asked tells of all. Without that folder,
and in commands, a process tells of itself. Labels hold routes and names of our own, never paths.
"""

import os
import threading
from collections.abc import Iterator
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from tracker.clock import utc_now
from tracker.documents.schema import Db
from tracker.reports.upkeep import Upkeep, find_upkeep

WORKER = os.environ.get("DIDIM_WORKER")
SHARED = bool(WORKER and os.environ.get("PROMETHEUS_MULTIPROC_DIR"))
_shared_value: Any = values.MultiProcessValue  # the library has no types for it
values.ValueClass = _shared_value(lambda: WORKER) if SHARED else values.MutexValue

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
MILLISECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5)

_own = CollectorRegistry()
_requests = Counter(
    "didim_requests", "Requests answered", ["route", "method", "status"], registry=_own
)
_request_seconds = Histogram(
    "didim_request_seconds", "Time in the app", ["route"], buckets=SECONDS, registry=_own
)
_waited = Histogram(
    "didim_waited_seconds", "Time from nginx to the app", buckets=SECONDS, registry=_own
)
_in_flight = Gauge(
    "didim_requests_in_flight", "Under way", multiprocess_mode="livesum", registry=_own
)
THREADS = Gauge("didim_threads", "Requests that can be", multiprocess_mode="livesum", registry=_own)
_commands = Histogram(
    "didim_database_command_seconds",
    "Time until the database answered",
    ["command"],
    buckets=MILLISECONDS,
    registry=_own,
)
_failures = Counter(
    "didim_database_failures", "Commands without a good answer", ["command"], registry=_own
)
_thread = threading.local()


def command_done(name: str, seconds: float, failed: bool) -> None:  # noqa: FBT001  a listener's
    """Count a command of the database, and add it to those of this thread."""
    _thread.commands = commands_asked() + 1
    _commands.labels(name).observe(seconds)
    if failed:
        _failures.labels(name).inc()


def commands_asked() -> int:
    """Return how many commands this thread has sent since it began."""
    asked: int = getattr(_thread, "commands", 0)
    return asked


def request_begun(waited: float | None) -> None:
    """Count a request as under way; `waited`: seconds since the web server had it, if known."""
    _in_flight.inc()
    if waited is not None:
        _waited.observe(waited)


def request_answered(route: str, method: str, status: int, seconds: float) -> None:
    _requests.labels(route, method if method in METHODS else "other", status).inc()
    _request_seconds.labels(route).observe(seconds)


def request_ended() -> None:
    _in_flight.dec()


def exposition(db: Db) -> bytes:
    """Return every figure in Prometheus's text form."""
    registry = CollectorRegistry()
    registry.register(_OfTheRecords(find_upkeep(db)))
    if SHARED:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(_own) + generate_latest(registry)


class _OfTheRecords:
    """What the database tells when it is asked for figures; the same from every instance."""

    def __init__(self, upkeep: Upkeep | None) -> None:
        self._upkeep = upkeep

    def collect(self) -> Iterator[GaugeMetricFamily]:
        upkeep = self._upkeep
        yield _gauge("didim_database_up", "Whether the database answers", upkeep is not None)
        if upkeep is None:
            return
        debts = GaugeMetricFamily("didim_debts", "Documents that owe figures", labels=["owing"])
        for name, count in upkeep.debts.items():
            debts.add_metric([name], count)
        yield debts
        age = (utc_now() - upkeep.oldest).total_seconds() if upkeep.oldest else 0.0
        yield _gauge("didim_oldest_debt_seconds", "Age of the oldest debt of a save", age)
        yield _gauge("didim_migrations_pending", "Migrations to be made", upkeep.pending)
        if last := upkeep.last_check:
            at = last.at.timestamp()
            yield _gauge("didim_last_check_timestamp_seconds", "When the last check ended", at)
            yield _gauge("didim_last_check_seconds", "How long it took", last.seconds)
            yield _gauge("didim_last_check_problems", "What did not hold", last.found or 0)


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=value)
