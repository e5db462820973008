"""Whichever worker of gunicorn is asked, it tells of all; and what they log is one form."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.browser.server import Gunicorn, wait_until
from tests.deploy.tools import ROOT

LIMIT = 40.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where figures are kept; a file of a former start is in it."""
    folder = tmp_path / "figures"
    folder.mkdir()
    (folder / "counter_1.db").write_bytes(b"of a former start")
    return folder


@pytest.fixture
def site(mongo_server: str, tmp_path: Path, folder: Path) -> Iterator[Gunicorn]:
    watched = {"PROMETHEUS_MULTIPROC_DIR": str(folder), "LOG_LEVEL": "info", "DIDIM_EMBEDDED": "0"}
    site = Gunicorn(tmp_path, mongo_server, **watched)
    try:
        site.start()
        yield site
    finally:
        site.stop()


def sample(site: Gunicorn, name: str, **labels: str) -> float:
    with urlopen(f"{site.url}/metrics", timeout=10) as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    found = [one for family in families for one in family.samples if one.name == name]
    return sum(one.value for one in found if labels.items() <= one.labels.items())


def asked(site: Gunicorn) -> float:
    return sample(site, "didim_requests_total", route="/healthz", status="200")


def ask(site: Gunicorn, times: int) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: site.answers(), range(times)))


def have_begun(site: Gunicorn, but: set[int]) -> bool:
    """Tell whether two workers serve, none of them of these."""
    workers = site.workers()
    return len(workers) == 2 and not workers & but and sample(site, "didim_threads") == 16


def test_what_workers_count_outlives_them(site: Gunicorn, folder: Path) -> None:
    wait_until(lambda: have_begun(site, set()), LIMIT, "both workers count")
    before = asked(site)
    ask(site, 100)
    assert asked(site) == before + 100
    assert sample(site, "didim_requests_in_flight") == 1
    files = {file.name for file in folder.iterdir()}
    assert {f"counter_{number}.db" for number in (1, 2)} <= files

    killed = site.workers()
    for worker in killed:
        os.kill(worker, signal.SIGKILL)
    wait_until(lambda: have_begun(site, killed), LIMIT, "new workers count")
    assert asked(site) == before + 100
    assert {file.name for file in folder.iterdir()} == files

    old = site.workers()
    os.kill(site.pid, signal.SIGHUP)
    wait_until(lambda: have_begun(site, old), LIMIT, "workers are renewed")
    ask(site, 10)
    assert asked(site) == before + 110


def test_a_command_leaves_the_workers_figures_alone(
    mongo_server: str, tmp_path: Path, folder: Path
) -> None:
    environ = {
        **os.environ,
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
        "MONGODB_URI": mongo_server,
        "MONGODB_DATABASE": "didim_commands",
        "SECRET_KEY": "only for tests",
        "INSTANCE_PATH": str(tmp_path),
    }
    command = [sys.executable, "-m", "flask", "--app", "app", "database", "migrate"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, check=True)
    assert done.stdout.endswith(b"every migration is made\n")
    assert [file.name for file in folder.iterdir()] == ["counter_1.db"]


def test_every_line_of_the_log_is_json(site: Gunicorn) -> None:
    ask(site, 5)
    site.stop()
    lines = [json.loads(line) for line in site.log.read_text(encoding="utf-8").splitlines()]
    assert sum(line["event"] == "request" for line in lines) >= 5
    assert any("Booting worker" in line["event"] for line in lines)
    assert all({"timestamp", "level"} <= line.keys() for line in lines)
