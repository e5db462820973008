"""The scripts set up what is missing, once, and say plainly what they cannot do.

Each test has a house of its own: our scripts around a stub of the app, with an npm that is not one.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from embedded import EmbeddedMongo
from tests.house import House

SLEEPING_PIP = """
import os, time
if __name__ == "__main__":
    with open(os.environ["CALLS"], "w") as calls:
        calls.write(f"{os.getpid()}\\n")
    time.sleep(60)
"""


def stop(server: "subprocess.Popen[Any]", number: int = signal.SIGTERM) -> int:
    server.send_signal(number)
    server.communicate(timeout=30)
    return server.returncode


@pytest.fixture
def bare(tmp_path: Path) -> House:
    """A house on a machine on which nothing was set up yet."""
    return House(tmp_path)


@pytest.fixture
def house(bare: House) -> House:
    """A house in which everything is installed."""
    bare.furnish()
    return bare


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield int(taken.getsockname()[1])


def assert_stopped(done: "subprocess.CompletedProcess[str]", *words: str) -> None:
    """Check that it stopped with one line, in English and Korean, that holds these words."""
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("didim: ")
    assert any("가" <= letter <= "힣" for letter in last)
    for word in words:
        assert word in last
    assert "Traceback" not in done.stderr


def test_a_second_start_installs_nothing(house: House, port: int) -> None:
    house.watch_pip()
    (house.root / ".venv" / "installed.json").unlink()

    assert stop(house.serve(port)) == 0
    first = house.called()
    assert stop(house.serve(port), signal.SIGINT) == 0

    assert [call.split()[0] for call in first] == ["pip", "npm"]
    assert "--require-hashes" in first[0]
    assert "--ignore-scripts" in first[1]
    assert house.called() == first


def test_a_changed_file_is_installed_alone(house: House) -> None:
    house.watch_pip()
    with (house.root / "requirements.txt").open("a") as file:
        file.write("# changed\n")
    house.run("flask", "--version")
    pip = house.called()[0]
    assert pip.endswith("-r requirements.txt")


def test_a_stopped_set_up_leaves_no_pip_behind(house: House) -> None:
    house.watch_pip(SLEEPING_PIP)
    (house.root / ".venv" / "installed.json").unlink()
    script = subprocess.Popen([house.root / "script" / "flask", "where"], env=house.environ)
    while not house.called():
        time.sleep(0.05)

    assert stop(script) == 128 + signal.SIGTERM

    with pytest.raises(ProcessLookupError):
        os.kill(int(house.called()[0]), 0)


def test_assets_hold_only_what_is_in_use(house: House) -> None:
    done = house.run("assets")
    vendor = house.root / "static" / "vendor"
    assert done.returncode == 0
    assert '<symbol id="check-circle" viewBox="0 0 16 16"' in (vendor / "icons.svg").read_text()
    assert "sourceMappingURL" not in (vendor / "bootstrap.min.css").read_text()
    assert (vendor / "htmx.min.js").exists()


def test_an_unknown_icon_is_named_with_its_template(house: House) -> None:
    (house.root / "templates" / "b.html").write_text("{# icons: check-circel #}")
    assert_stopped(house.run("assets"), "templates/b.html", "check-circel", "check-circle")


def test_a_taken_port_is_told_before_anything_is_installed(bare: House, taken_port: int) -> None:
    bare.program("python3", f'#!/bin/bash\nexec {sys.executable} "$@"\n')
    assert_stopped(bare.run("server", "--port", str(taken_port)), str(taken_port), "--port")
    assert not (bare.root / ".venv").exists()


def test_an_old_python_is_told(bare: House) -> None:
    bare.program("python3", '#!/bin/bash\n[ "$1" = -c ] && echo 3.8.18 || exit 1\n')
    assert_stopped(bare.run("server"), "3.10", "3.8.18")


def test_no_python_is_told(bare: House) -> None:
    assert_stopped(bare.run("server"), "3.10", "none")


def test_another_python_serves_where_the_default_one_cannot(bare: House) -> None:
    bare.program("python3", "#!/bin/bash\nexit 1\n")
    bare.program("python3.12", f'#!/bin/bash\nexec {sys.executable} "$@"\n')
    done = bare.run("server", "--help")
    assert done.returncode == 0
    assert "--demo" in done.stdout


def test_a_missing_venv_module_is_told(bare: House, port: int, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")
    bare.environ["PYTHONPATH"] = str(tmp_path)
    bare.program("python3", f'#!/bin/bash\nexec {sys.executable} "$@"\n')
    assert_stopped(bare.run("server", "--port", str(port)), "apt install python3-venv")


def test_a_missing_network_is_told(house: House) -> None:
    (house.root / "requirements.txt").write_text(f"not-there==1 --hash=sha256:{'0' * 64}\n")
    offline = {"PIP_INDEX_URL": "http://127.0.0.1:1/", "PIP_RETRIES": "1"}
    done = house.run("flask", "where", PIP_CONFIG_FILE=os.devnull, **offline)
    assert_stopped(done, "No network", "setup.log")


def test_a_missing_network_is_told_by_npm_too(house: House) -> None:
    house.program("npm", "#!/bin/bash\necho 10.0\n[ $1 = ci ] && echo ENOTFOUND >&2 && exit 1\n")
    assert_stopped(house.run("assets"), "No network", "setup.log")


def test_a_second_server_on_the_folder_is_refused(house: House, port: int) -> None:
    house.run("assets")
    with EmbeddedMongo(house.instance) as first:
        done = house.run("server", "--port", str(port))
        assert first.pid is not None
    assert_stopped(done, str(house.instance / "mongo"))


def test_a_database_of_ones_own_needs_a_secret_key(house: House) -> None:
    assert_stopped(house.run("flask", "where", MONGODB_URI="mongodb://db/"), "SECRET_KEY")


def test_a_database_that_is_away_is_named_without_its_password(house: House) -> None:
    away = {"MONGODB_URI": "mongodb://ada:s3cr3t@127.0.0.1:1/", "SECRET_KEY": "x"}
    done = house.run("server", **away)
    assert_stopped(done, "mongodb://ada:***@127.0.0.1:1/")
    assert "s3cr3t" not in done.stderr


def test_commands_share_the_servers_database(house: House, port: int) -> None:
    alone = house.run("flask", "where")
    server = house.serve(port)
    beside = [house.run("flask", "where").stdout for _ in range(2)]
    stop(server)
    assert alone.stdout.startswith("mongodb://127.0.0.1:")
    assert beside[0] == beside[1]
    assert not (house.instance / "mongo.json").exists()


def test_a_killed_server_does_not_block_the_next(house: House, port: int) -> None:
    stop(house.serve(port), signal.SIGKILL)
    assert stop(house.serve(port)) == 0


def test_the_secret_key_is_made_once_and_for_its_owner_alone(house: House) -> None:
    house.run("flask", "where")
    file = house.instance / "secret_key"
    key = file.read_text()
    house.run("flask", "where")
    assert file.read_text() == key
    assert len(key) >= 48
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_commands_exit_status_is_its_own(house: House) -> None:
    assert house.run("flask", "no-such-command").returncode == 2


def test_a_failed_check_fails_the_run_and_the_tests_still_run(house: House) -> None:
    (house.root / "tests").mkdir()
    (house.root / "tests" / "test_stub.py").write_text("import os\ndef test_it(): assert True\n")
    done = house.run("test", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 1
    assert "failed before the tests: ruff" in done.stderr
    assert "1 passed" in done.stdout
