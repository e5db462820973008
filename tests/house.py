"""A house for a script: our scripts around a stub of the app, on a machine of the test's choice."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("script", "deploy", "embedded.py", "package.json", "package-lock.json", "pyproject.toml")
REQUIREMENTS = (
    "requirements.txt",
    "requirements-embedded.txt",
    "requirements-dev.txt",
    "requirements-deploy.txt",
)
APP = """
import os

import click
from flask import Flask
from flask.cli import AppGroup


def create_app():
    app = Flask(__name__)
    app.get("/healthz")(lambda: os.environ["SECRET_KEY"])
    for name, command in {"database": "prepare", "demo": "load"}.items():
        group = AppGroup(name)
        group.command(command)(lambda name=name: click.echo(f"stub {name}"))
        app.cli.add_command(group)
    app.cli.command("where")(lambda: click.echo(os.environ["MONGODB_URI"]))
    return app
"""
NPM = """#!/bin/bash
if [ "$1" = --version ]; then echo 10.0.0; exit; fi
echo "npm $*" >> "$CALLS"
mkdir -p node_modules && cd node_modules
mkdir -p bootstrap/dist/css htmx.org/dist bootstrap-icons/icons
echo 'a{} /*# sourceMappingURL=x.map */' > bootstrap/dist/css/bootstrap.min.css
echo 'htmx' > htmx.org/dist/htmx.min.js
echo '<svg class="x" viewBox="0 0 16 16"><path d="M8"/></svg>' \
  > bootstrap-icons/icons/check-circle.svg
"""
PIP = """
import os, sys
if __name__ == "__main__":
    with open(os.environ["CALLS"], "a") as calls:
        calls.write("pip " + " ".join(sys.argv[1:]) + "\\n")
"""


class House:
    """A folder with our scripts and a stub app, and the environment to run them in."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "didim"
        self.instance = self.root / "instance"
        self.calls = folder / "calls"
        self.bin = folder / "bin"
        self.environ = {
            "PATH": str(self.bin),
            "HOME": str(folder),
            "CALLS": str(self.calls),
            "LANG": "C.UTF-8",
        }
        copy_parts(self.root)
        (self.root / "app.py").write_text(APP, encoding="utf-8")
        (self.root / "templates").mkdir()
        (self.root / "templates" / "a.html").write_text('{{ icon("check-circle") }}')
        self.bin.mkdir()
        for tool in ("bash", "dirname", "env", "mkdir", "node", "sleep"):
            (self.bin / tool).symlink_to(shutil.which(tool) or "/bin/true")
        self.program("npm", NPM)

    def program(self, name: str, text: str) -> None:
        """Put a program of this name on the PATH."""
        (self.bin / name).unlink(missing_ok=True)
        (self.bin / name).write_text(text, encoding="utf-8")
        (self.bin / name).chmod(0o755)

    def furnish(self) -> None:
        """Give it an environment in which everything is installed: the one the tests run in."""
        environment = self.root / ".venv"
        (environment / "bin").mkdir(parents=True)
        (environment / "bin" / "python").symlink_to(Path(sys.executable).resolve())
        (environment / "lib").symlink_to(Path(sys.prefix) / "lib")
        shutil.copy(Path(sys.prefix) / "pyvenv.cfg", environment)
        hashes = {
            name: hashlib.sha256((self.root / name).read_bytes()).hexdigest()
            for name in REQUIREMENTS
        }
        (environment / "installed.json").write_text(json.dumps(hashes))

    def watch_pip(self, pip: str = PIP) -> None:
        """Put a pip that only notes its calls in the place of the real one."""
        (self.root / "stub" / "pip").mkdir(parents=True)
        (self.root / "stub" / "pip" / "__main__.py").write_text(pip)
        (self.root / "stub" / "pip" / "__init__.py").touch()
        self.environ["PYTHONPATH"] = str(self.root / "stub")

    def run(self, *command: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        """Run a script to its end."""
        return subprocess.run(
            [self.root / "script" / command[0], *command[1:]],
            env=self.environ | environ,
            cwd=self.root.parent,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def serve(self, port: int) -> "subprocess.Popen[str]":
        """Start script/server; return once it has printed its address."""
        server = subprocess.Popen(
            [self.root / "script" / "server", "--port", str(port), "--demo"],
            env=self.environ,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert server.stdout is not None
        lines = iter(server.stdout.readline, "")
        assert any(line == f"Didim: http://127.0.0.1:{port}/\n" for line in lines)
        return server

    def called(self) -> list[str]:
        """Return the calls of pip and npm so far."""
        return self.calls.read_text(encoding="utf-8").splitlines() if self.calls.exists() else []


def copy_parts(root: Path) -> None:
    root.mkdir()
    for name in (*PARTS, *REQUIREMENTS, "requirements-node.txt"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, root / name)
