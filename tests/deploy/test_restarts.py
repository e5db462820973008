"""The app is reloaded and restarted under load, and no visitor notices."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from tests.browser.server import wait_until
from tests.deploy.nginx import Nginx
from tests.deploy.serving import Instance, Load, unix_socket
from tests.deploy.tools import needs

pytestmark = needs("nginx")


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    with Nginx(tmp_path_factory.mktemp("restarts")) as nginx:
        yield nginx


@pytest.fixture(scope="module")
def app(nginx: Nginx, mongo_server: str) -> Iterator[Instance]:
    with unix_socket(nginx.socket) as held:
        app = Instance(nginx.folder, mongo_server, held)
        try:
            app.start()
            yield app
        finally:
            app.stop()


def test_a_reload_under_load_loses_no_request(nginx: Nginx, app: Instance) -> None:
    with Load(nginx, "/login") as load:
        old = app.workers()
        os.kill(app.pid, signal.SIGHUP)
        wait_until(lambda: not old & app.workers(), 40, "new workers, no old one")
        load.wait_for_more(50)
    assert set(load.answers) == {200}, load.answers


def test_a_restart_under_load_loses_no_request(nginx: Nginx, app: Instance) -> None:
    with Load(nginx, "/login") as load:
        app.stop()
        app.start()
        load.wait_for_more(50)
    assert set(load.answers) == {200}, load.answers


def test_a_socket_that_is_gone_is_noticed(nginx: Nginx, app: Instance) -> None:
    """The load of these tests sees what goes wrong."""
    away = nginx.socket.rename(nginx.folder / "away")
    try:
        with Load(nginx, "/login") as load:
            load.wait_for_more(1)
    finally:
        away.rename(nginx.socket)
    assert set(load.answers) == {502}
