"""The image's recipe and what runs it on one machine; script/rehearse image builds and runs it."""

from __future__ import annotations

import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.tools import DEPLOY, ROOT, needs

DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
FINAL = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :].replace("\\\n", "")
HADOLINT = Path(sys.executable).with_name("hadolint")
COMPOSE = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
OUTSIDE = (
    *(".git/config", ".venv/bin/python", "instance/secret_key", "node_modules/x/index.js"),
    *("deploy/.env", "deploy/k8s/overlays/prod/secret.env", "tests/cast.py", "docs/records.md"),
    *("static/vendor/old.js", "blueprints/__pycache__/x.pyc", "embedded.py", ".env", "id.pem"),
)
NEEDED = (  # beside what the app imports
    *("requirements.txt", "requirements-node.txt", "package.json", "package-lock.json"),
    *("script/lib/assets.py", "script/lib/support.py", "deploy/gunicorn.conf.py"),
    *("templates/base.html", "static/css/page.css", "translations/ko/LC_MESSAGES/messages.po"),
)


def lint(text: str) -> list[str]:
    """Return the rules that hadolint sees broken."""
    command = (HADOLINT, "--format", "json", "-")
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return [found["code"] for found in json.loads(done.stdout)]


def test_the_recipe_is_clean() -> None:
    assert lint(DOCKERFILE) == []


def test_a_careless_recipe_is_found() -> None:
    assert {"DL3002", "DL3025"} <= set(lint(DOCKERFILE + "USER root\nCMD gunicorn\n"))


def instruction(name: str) -> str:
    (found,) = re.findall(rf"^{name} +(.*)$", FINAL, re.MULTILINE)
    return found


def test_the_image_runs_as_nobody_and_is_told_no_secret() -> None:
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", instruction("USER"))
    web = (DEPLOY / "k8s" / "base" / "web.yaml").read_text(encoding="utf-8")
    assert instruction("USER") == ":".join(re.findall(r"runAs(?:User|Group): (\d+)", web))
    assert json.loads(instruction("CMD"))[0] == "gunicorn"
    assert instruction("STOPSIGNAL") == "SIGTERM"
    assert not re.search(r"SECRET|PASSWORD|MONGODB_URI|KEY", DOCKERFILE)


class Answer(http.server.BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def answering() -> Iterator[http.server.ThreadingHTTPServer]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Answer,), {}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def is_healthy(port: int) -> bool:
    """Tell what the image's health check says of a server at this port."""
    command = json.loads(instruction("HEALTHCHECK").partition("CMD ")[2])
    assert command[0] == "python"
    environ = os.environ | {"BIND": f"127.0.0.1:{port}"}
    done = subprocess.run(
        [sys.executable, *command[1:]], env=environ, capture_output=True, check=False
    )
    return done.returncode == 0


def test_the_health_check_tells_well_from_ill(answering: http.server.ThreadingHTTPServer) -> None:
    port = answering.server_address[1]
    assert is_healthy(port)
    answering.RequestHandlerClass.status = 500  # type: ignore[attr-defined]
    assert not is_healthy(port)


def test_the_health_check_sees_that_nothing_answers(
    answering: http.server.ThreadingHTTPServer,
) -> None:
    answering.shutdown()
    answering.server_close()
    assert not is_healthy(answering.server_address[1])


def gets_in(path: str) -> bool:
    """Tell whether .dockerignore lets a file into the build: the last line that matches says."""
    inside = True
    steps = [path, *(parent.as_posix() for parent in Path(path).parents)]
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        names = [Path(step).name for step in steps] if "**/" in line else steps
        depth = [name for name in names if name.count("/") == pattern.count("/")]
        if line and line[0] != "#" and any(fnmatch(name, pattern) for name in depth):
            inside = line[0] == "!"
    return inside


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_state_test_or_secret_gets_into_the_build(path: str) -> None:
    assert not gets_in(path)


def test_what_gets_in_is_the_whole_app(tmp_path: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(gets_in, listed.stdout.strip("\0").split("\0")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    probe = "import sys; sys.path[0] = ''; import app; print(app.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(tmp_path / "app.py")
    assert [name for name in NEEDED if not (tmp_path / name).is_file()] == []


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_hardened(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == ["/tmp"]
    assert service["deploy"]["resources"]["limits"].keys() >= {"cpus", "memory"}
    assert service["restart"]
    assert not service.keys() & {"privileged", "network_mode", "pid", "cap_add", "devices"}


def test_only_web_is_reached_and_only_from_this_machine() -> None:
    published = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}
    assert published == {"web": ["127.0.0.1:8000-8007:8000"]}
    reached = {name for name, one in SERVICES.items() if "database" not in one["networks"]}
    assert not reached
    assert yaml.safe_load(COMPOSE)["networks"]["database"] == {"internal": True}


def test_every_secret_is_asked_for_and_the_head_says_how_to_make_it() -> None:
    asked = set(re.findall(r"\$\{(\w+):\?\}", COMPOSE))
    (made,) = re.findall(r"for name in ([\w ]+);", COMPOSE)
    assert asked == {*made.split(), "PUBLIC_URL"}
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search("KEY|PASSWORD", name):
                assert re.fullmatch(r"\$\{\w+:\?\}", value), name


def test_web_waits_for_a_prepared_database_and_the_database_for_its_members() -> None:
    done = "service_completed_successfully"
    assert SERVICES["web"]["depends_on"] == {"prepare": {"condition": done}}
    assert SERVICES["prepare"]["depends_on"] == {"replica-set": {"condition": done}}
    members = {name for name in SERVICES if name.startswith("mongo-")}
    assert SERVICES["replica-set"]["depends_on"].keys() == members
    assert all("--keyFile=/tmp/key" in SERVICES[name]["command"] for name in members)
    assert all((DEPLOY / name).is_file() for name in mounted())


def mounted() -> set[str]:
    """Return the files beside compose.yaml that it mounts."""
    return set(re.findall(r"- \./([\w./-]+):", COMPOSE))


MODEL = """
const stored = { config: null, taken: 0 };
const refused = (codeName) => { throw Object.assign(new Error(codeName), { codeName }); };
const admin = {
  runCommand(command) {
    if (command.replSetInitiate) {
      if (stored.config) refused("AlreadyInitialized");
      stored.config = { version: 1, ...command.replSetInitiate };
    } else if (!stored.config) {
      refused("NotYetInitialized");
    } else if (command.replSetReconfig) {
      const { members, version } = command.replSetReconfig;
      if (version !== stored.config.version + 1) refused("NewReplicaSetConfigurationIncompatible");
      if (members.length > stored.config.members.length + 1) refused("TooManyChanges");
      if (new Set(members.map((one) => one._id)).size < members.length) refused("BadValue");
      stored.config = command.replSetReconfig;
    }
    stored.taken += command.replSetGetConfig ? 0 : 1;
    return { ok: 1, config: structuredClone(stored.config) };
  },
};
const source = require("fs").readFileSync(process.argv[1], "utf8");
const told = process.argv.slice(2).map((hosts) => {
  process.env.MONGODB_HOSTS = hosts;
  const before = stored.taken;
  new Function("connect", "print", source)(() => admin, () => {});
  return [stored.taken - before, stored.config.members.map((one) => one.host)];
});
process.stdout.write(JSON.stringify(told));
"""


@needs("node")
def test_the_replica_set_grows_member_by_member_and_a_second_run_changes_nothing() -> None:
    """On a model of what MongoDB takes and refuses: there is no MongoDB here."""
    three = "mongo-1,mongo-2,mongo-3"
    script = str(DEPLOY / "mongodb" / "replica-set.js")
    done = subprocess.run(
        ["node", "-e", MODEL, script, "mongo-1", "mongo-1", three, three],
        env=os.environ | {"MONGODB_ROOT_PASSWORD": "-"},
        capture_output=True,
        text=True,
        check=True,
    )
    one, all_three = ["mongo-1:27017"], [f"mongo-{number}:27017" for number in (1, 2, 3)]
    assert json.loads(done.stdout) == [[1, one], [0, one], [2, all_three], [0, all_three]]
