"""The embedded server keeps what it was given and never stands in its own way."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from pymongo import MongoClient

import embedded
from embedded import (
    RUN_FILE,
    DatabaseUnavailable,
    EmbeddedMongo,
    FolderInUse,
    database,
    shared_server,
)

ROOT = Path(embedded.__file__).parent
OWNER = """
import sys, time
from pathlib import Path
import embedded
if sys.argv[2] == "no parent's death signal":
    embedded.dying_with_parent = list
server = embedded.EmbeddedMongo(Path(sys.argv[1]))
server.start()
print(server.pid, flush=True)
time.sleep(60)
"""


def write(uri: str, name: str) -> None:
    with MongoClient(uri, journal=True) as client:
        client.didim.people.insert_one({"_id": name})


def names(uri: str) -> list[str]:
    with MongoClient(uri) as client:
        return [person["_id"] for person in client.didim.people.find()]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")


def start_owner(folder: Path, kernel: str = "as it is") -> tuple["subprocess.Popen[str]", int]:
    """Start another process that owns a server; return it and the server's pid."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder), kernel],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert owner.stdout is not None
    return owner, int(owner.stdout.readline())


def kill(owner: "subprocess.Popen[str]") -> None:
    owner.kill()
    owner.communicate()


def test_what_was_written_survives_a_restart(tmp_path: Path) -> None:
    with EmbeddedMongo(tmp_path) as server:
        write(server.uri, "Ada")
    with EmbeddedMongo(tmp_path) as server:
        assert names(server.uri) == ["Ada"]


def test_a_stopped_server_leaves_nothing_running(tmp_path: Path) -> None:
    server = EmbeddedMongo(tmp_path)
    server.start()
    pid = server.pid
    assert pid is not None
    assert alive(pid)

    server.stop()
    server.stop()

    assert server.pid is None
    assert not alive(pid)
    assert not (tmp_path / "mongo.json").exists()


def test_a_killed_server_starts_again_with_its_data(tmp_path: Path) -> None:
    with EmbeddedMongo(tmp_path) as server:
        write(server.uri, "Ada")
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
    with EmbeddedMongo(tmp_path) as server:
        assert names(server.uri) == ["Ada"]


@pytest.mark.parametrize("kernel", ["as it is", "no parent's death signal"])
def test_a_killed_owner_does_not_block_the_next(tmp_path: Path, kernel: str) -> None:
    owner, orphan = start_owner(tmp_path, kernel)
    kill(owner)
    with EmbeddedMongo(tmp_path) as server:
        assert server.pid != orphan
        assert not alive(orphan)


@pytest.mark.parametrize("left", ['{"pid": %d, "port": 1, "shared": true}', '{"pid": %d', "[]"])
def test_a_stale_run_file_harms_no_other_process(tmp_path: Path, left: str) -> None:
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (tmp_path / "mongo.json").write_text(left.replace("%d", str(stranger.pid)))
        assert shared_server(tmp_path) is None
        with EmbeddedMongo(tmp_path) as server:
            assert server.pid is not None
        assert stranger.poll() is None
        stranger.kill()


def test_a_pid_that_went_to_another_process_is_not_trusted(tmp_path: Path) -> None:
    with EmbeddedMongo(tmp_path / "other") as other, subprocess.Popen(["sleep", "60"]) as stranger:
        port = other.uri.rstrip("/").rpartition(":")[2]
        (tmp_path / "mongo.json").write_text(
            f'{{"pid": {stranger.pid}, "port": {port}, "shared": true}}', encoding="utf-8"
        )
        assert shared_server(tmp_path) is None
        with EmbeddedMongo(tmp_path):
            assert other.pid is not None
            assert stranger.poll() is None
        stranger.kill()


def test_a_copy_of_a_folder_in_use_leaves_the_first_server_alone(tmp_path: Path) -> None:
    with EmbeddedMongo(tmp_path / "first", shared=True) as first:
        write(first.uri, "Ada")
        (tmp_path / "copy").mkdir()
        shutil.copy(tmp_path / "first" / RUN_FILE, tmp_path / "copy")
        with EmbeddedMongo(tmp_path / "copy") as second:
            assert names(second.uri) == []
            assert shared_server(tmp_path / "copy") is None
        assert names(first.uri) == ["Ada"]


def test_a_folder_has_one_server(tmp_path: Path) -> None:
    second = EmbeddedMongo(tmp_path, patience=0)
    with EmbeddedMongo(tmp_path) as first:
        with pytest.raises(FolderInUse, match=str(tmp_path / "mongo")):
            second.start()
        assert first.pid is not None


def test_a_folder_in_a_strangers_hands_is_left_alone(tmp_path: Path) -> None:
    with EmbeddedMongo(tmp_path / "copy") as stranger:
        (tmp_path / "mongo").symlink_to(stranger.data)
        with pytest.raises(FolderInUse):
            EmbeddedMongo(tmp_path, patience=0).start()
        assert stranger.pid is not None


def test_a_server_that_cannot_start_names_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "CACHE_SIZE", "no size")
    with pytest.raises(DatabaseUnavailable, match=r"mongo\.log"):
        EmbeddedMongo(tmp_path).start()
    assert (tmp_path / "mongo.log").read_text(encoding="utf-8")


def test_commands_use_the_shared_server(tmp_path: Path) -> None:
    with EmbeddedMongo(tmp_path, shared=True) as server, database(tmp_path) as uri:
        assert uri == server.uri


def test_two_commands_take_turns(tmp_path: Path) -> None:
    def command(name: str) -> None:
        with database(tmp_path) as uri:
            write(uri, name)

    commands = [threading.Thread(target=command, args=(name,)) for name in ("Ada", "Ben", "Cleo")]
    for each in commands:
        each.start()
    for each in commands:
        each.join()

    with database(tmp_path) as uri:
        assert sorted(names(uri)) == ["Ada", "Ben", "Cleo"]


def test_the_log_stays_short(tmp_path: Path) -> None:
    server = EmbeddedMongo(tmp_path)
    server.trim_log()
    server.log.write_bytes(b"x" * (embedded.LOG_LIMIT + 1))
    server.trim_log()
    assert server.log.stat().st_size == 0


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("mongodb://ada:s3cr3t@127.0.0.1:1/didim?retryWrites=true", "//ada:***@127.0.0.1:1/didim:"),
        ("mongodb://ada:s3cr3t/x@db.example/", "//ada:***@db.example/:"),
        ("mongodb+srv://ada:s3cr3t@127.0.0.1/", "//ada:***@127.0.0.1/:"),
    ],
)
def test_a_database_that_does_not_answer_is_named_without_its_password(
    uri: str, shown: str
) -> None:
    began = time.monotonic()
    with pytest.raises(DatabaseUnavailable) as caught:
        embedded.reachable(uri)
    assert time.monotonic() - began < 5
    assert shown in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_database_that_answers_is_reachable(tmp_path: Path) -> None:
    with EmbeddedMongo(tmp_path) as server:
        embedded.reachable(server.uri)
