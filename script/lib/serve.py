"""Serves Didim on this machine: sets up what is missing, then runs the database and gunicorn."""

from __future__ import annotations

import argparse
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, nullcontext, suppress
from typing import TYPE_CHECKING

import setup
from environment import FLASK, own_database, variables
from support import INSTANCE, ROOT, stop

if TYPE_CHECKING:
    from embedded import EmbeddedMongo

PORT_PATIENCE = 2.0  # seconds
START_LIMIT = 60.0
STOP_LIMIT = 35.0  # gunicorn's own limit is 30


def main() -> None:
    """Serve until Ctrl-C or SIGTERM."""
    options = arguments()
    uri = own_database()
    refuse_taken_port(options.port)
    setup.enter("requirements.txt", *setup.database_requirements())
    sys.path.insert(0, str(ROOT))
    from embedded import DatabaseUnavailable, EmbeddedMongo, reachable  # noqa: PLC0415

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    try:
        if uri:
            reachable(uri)
        with nullcontext() if uri else EmbeddedMongo(INSTANCE, shared=True) as database:
            serve(options, uri or database.uri, database)
    except DatabaseUnavailable as error:
        stop(*str(error).split(" / ", 1))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="script/server", description=__doc__)
    default = int(os.environ.get("PORT") or 8000)
    parser.add_argument("--port", type=int, default=default, help="default: PORT, else 8000")
    parser.add_argument("--demo", action="store_true", help="load a demo cohort on first start")
    return parser.parse_args()


def refuse_taken_port(port: int) -> None:
    """Stop if nothing can listen at this port, nor soon: a killed server may still be closing."""
    deadline = time.monotonic() + PORT_PATIENCE
    while (reason := why_taken(port)) is not None:
        if time.monotonic() > deadline:
            stop(
                f"Port {port} cannot be used: {reason}. Stop what runs there,"
                " or choose another with --port.",
                f"{port} 포트를 쓸 수 없습니다. --port로 다른 포트를 고르세요.",
            )
        time.sleep(0.1)


def why_taken(port: int) -> str | None:
    """Return why nothing can listen at this port; None if something can."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        return os.strerror(error.errno or 0)
    except OverflowError:
        return "no such port"
    return None


def leave(*_: object) -> None:
    """Leave the running block once; a second signal does not disturb the cleaning up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.exit(0)


def serve(options: argparse.Namespace, uri: str, database: EmbeddedMongo | None) -> None:
    """Make the database ready, then run gunicorn until it or the database ends."""
    address = f"http://127.0.0.1:{options.port}"
    INSTANCE.mkdir(parents=True, exist_ok=True)
    (INSTANCE / "address").write_text(address)  # for the links that script/flask prints
    local = {"PORT": str(options.port), "LOG_LEVEL": "warning", "DIDIM_HTTPS": "0"}
    environ = variables(uri) | local
    prepare(environ, "database", "prepare")
    if options.demo:
        prepare(environ, "demo", "load")
    gunicorn = start_gunicorn(environ)
    try:
        wait_until_it_answers(gunicorn, options.port)
        print(f"Didim: {address}/", flush=True)
        watch(gunicorn, database)
    finally:
        end(gunicorn)


def prepare(environ: dict[str, str], *command: str) -> None:
    """Run one of Didim's own commands; stop if it fails, its words are above."""
    if subprocess.run([*FLASK, *command], env=environ, cwd=ROOT, check=False).returncode:
        stop(f"'flask {' '.join(command)}' failed.", "준비 명령이 실패했습니다.")


def start_gunicorn(environ: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start gunicorn as production does; Ctrl-C reaches it through this process alone."""
    from embedded import FEW_ARENAS, dying_with_parent  # noqa: PLC0415

    command = ["-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "app:create_app()"]
    return subprocess.Popen(
        dying_with_parent([sys.executable, *command]),
        cwd=ROOT,
        env=environ | FEW_ARENAS,
        start_new_session=True,
    )


def wait_until_it_answers(gunicorn: subprocess.Popen[bytes], port: int) -> None:
    """Return once a page is served."""
    deadline = time.monotonic() + START_LIMIT
    while not answers(port):
        if gunicorn.poll() is not None or time.monotonic() > deadline:
            stop("Didim did not start; see above.", "디딤을 시작하지 못했습니다.")
        time.sleep(0.1)


def answers(port: int) -> bool:
    """Tell whether the server answers requests."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False


def watch(gunicorn: subprocess.Popen[bytes], database: EmbeddedMongo | None) -> None:
    """Return never: stop with a message when gunicorn or the database ends."""
    while gunicorn.poll() is None:
        if database is not None:
            database.trim_log()
            if database.pid is None:
                stop("The database stopped.", f"데이터베이스가 멈췄습니다: {database.log}")
        time.sleep(0.5)
    stop("gunicorn stopped.", "gunicorn이 멈췄습니다.")


def end(gunicorn: subprocess.Popen[bytes]) -> None:
    """Let gunicorn finish its requests, then be sure that all of it is gone."""
    gunicorn.terminate()
    with suppress(subprocess.TimeoutExpired):
        gunicorn.wait(STOP_LIMIT)
    with suppress(ProcessLookupError):
        os.killpg(gunicorn.pid, signal.SIGKILL)  # workers that outlived a killed master, too
    gunicorn.wait()


if __name__ == "__main__":
    main()
