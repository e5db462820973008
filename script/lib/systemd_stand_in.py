"""Does for a chroot what systemd does for a machine, as far as install.sh asks for it.

It reads the units as they are installed, holds their sockets, and runs their commands as their
users, with their settings and folders; what hardens them it leaves out.
"""

from __future__ import annotations

import grp
import os
import pwd
import shlex
import shutil
import socket
import subprocess
import threading
from collections import defaultdict
from pathlib import Path

UNITS = Path("/etc/systemd/system")
BOOTED = Path("/run/systemd/system")
ADDRESS = BOOTED / "stand-in"
CLIENT = Path("/usr/local/bin/systemctl")
CLIENT_TEXT = f"""#!/usr/bin/python3
import socket, sys
manager = socket.socket(socket.AF_UNIX)
manager.connect("{ADDRESS}")
manager.sendall("\\0".join(sys.argv[1:]).encode())
manager.shutdown(socket.SHUT_WR)
said = manager.makefile().read()
sys.stderr.write(said)
sys.exit(bool(said))
"""
READY = 60.0  # seconds that a service may take to start
STOPPED = 40.0
NOT_OURS = ("systemd-journald.service",)


def section(unit: str) -> dict[str, list[str]]:
    """Return the values of each key of an installed unit."""
    found = defaultdict(list)
    for line in (UNITS / unit).read_text(encoding="utf-8").splitlines():
        key, given, value = line.partition("=")
        if given and not line.startswith("#"):
            found[key].append(value)
    return found


def complaint(command: list[str]) -> str:
    """Run a command; return what it says if it fails, else nothing."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"{done.stderr}{command[0]} failed\n" if done.returncode else ""


class Service:
    """A service that may run; `sockets` are those that are held for it."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._child: subprocess.Popen[bytes] | None = None
        self._log = Path("/var/log") / f"{unit}.log"

    def start(self, held: socket.socket | None) -> str:
        """Start it if it does not run; return why it does not get ready, else nothing."""
        if self._child and self._child.poll() is None:
            return ""
        keys = section(self._unit)
        environ = {"PATH": os.environ["PATH"], **self._environment(keys)}
        self._make_folders(keys)
        with (
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices,
            self._log.open("ab") as log,
        ):
            notices.bind("")  # a name that Linux chooses
            environ["NOTIFY_SOCKET"] = "@" + notices.getsockname()[1:].decode()
            notices.settimeout(0.2)
            command = shlex.split(keys["ExecStart"][0])
            if held:
                environ["LISTEN_FDS"] = "1"
                taking = f'LISTEN_PID=$$; export LISTEN_PID; exec "$@" 3<&{held.fileno()}'
                command = ["sh", "-c", taking, "sh", *command]
            self._child = subprocess.Popen(
                command,
                env=environ,
                cwd=(keys["WorkingDirectory"] or ["/"])[0],
                user=keys["User"][0],
                group=keys["Group"][0],
                extra_groups=[],
                pass_fds=[held.fileno()] if held else [],
                stdout=log,
                stderr=log,
            )
            if "notify" in keys["Type"] and not self._gets_ready(notices, self._child):
                return f"{self._unit} did not start\n"
        for command in keys["ExecStartPost"]:
            limited = ["timeout", str(READY), *shlex.split(command)]
            if subprocess.run(limited, check=False).returncode:
                return f"{self._unit}: {command} failed\n"
        return ""

    def stop(self) -> None:
        """Stop it, and kill it if it takes too long."""
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(STOPPED)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def _environment(self, keys: dict[str, list[str]]) -> dict[str, str]:
        lines = [word for value in keys["Environment"] for word in shlex.split(value)]
        for file in keys["EnvironmentFile"]:
            lines += Path(file).read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def _make_folders(self, keys: dict[str, list[str]]) -> None:
        for key, parent in (("RuntimeDirectory", "/run"), ("StateDirectory", "/var/lib")):
            for name in keys[key]:
                path = Path(parent) / name
                path.mkdir(parents=True, exist_ok=True)
                shutil.chown(path, keys["User"][0], keys["Group"][0])

    def _gets_ready(self, notices: socket.socket, child: subprocess.Popen[bytes]) -> bool:
        for _ in range(int(READY / 0.2)):
            try:
                if b"READY=1" in notices.recv(4096):
                    return True
            except TimeoutError:
                if child.poll() is not None:
                    return False
        return False


class Manager:
    """Answers systemctl; what it starts is its child."""

    def __init__(self) -> None:
        self._services: dict[str, Service] = {}
        self._sockets: dict[str, socket.socket] = {}
        BOOTED.mkdir(parents=True)
        CLIENT.write_text(CLIENT_TEXT, encoding="utf-8")
        CLIENT.chmod(0o755)
        self._asked = socket.socket(socket.AF_UNIX)
        self._asked.bind(str(ADDRESS))
        self._asked.listen()
        threading.Thread(target=self._answer, daemon=True).start()

    def _answer(self) -> None:
        while True:
            asker, _ = self._asked.accept()
            with asker, asker.makefile() as words:
                asker.sendall(self.do(*words.read().split("\0")).encode())

    def do(self, verb: str, *arguments: str) -> str:
        """Do what systemctl is asked for; return what is wrong, else nothing."""
        if verb == "enable":
            real = ["/usr/bin/systemctl", "--root=/", verb, *arguments]
            return complaint(real)
        if verb == "daemon-reload":
            return ""
        units = [name for name in arguments if not name.startswith("-")]
        return "".join(self._do_for(verb, name) for name in units)

    def _do_for(self, verb: str, unit: str) -> str:
        if unit in NOT_OURS or unit.endswith(".timer"):
            return ""
        if unit == "nginx.service":
            pid = Path("/run/nginx.pid")  # nginx -t leaves it empty
            runs = pid.exists() and pid.stat().st_size > 0
            command = ["nginx", "-s", "reload"] if runs else ["nginx"]
            return complaint(command)
        if unit.endswith(".socket"):
            return self._hold(unit)
        if not (UNITS / unit).exists():
            return f"Unit {unit} not found.\n"
        if verb == "try-restart" and unit not in self._services:
            return ""
        service = self._services.setdefault(unit, Service(unit))
        if verb in ("restart", "try-restart", "stop"):
            service.stop()
        held = self._sockets.get(unit.replace(".service", ".socket"))
        return "" if verb == "stop" else service.start(held)

    def _hold(self, unit: str) -> str:
        if unit not in self._sockets:
            keys = section(unit)
            path = keys["ListenStream"][0]
            held = self._sockets[unit] = socket.socket(socket.AF_UNIX)
            held.bind(path)
            os.chown(path, pwd.getpwnam(keys["SocketUser"][0]).pw_uid, grp.getgrnam("root").gr_gid)
            Path(path).chmod(int(keys["SocketMode"][0], 8))
            held.listen(1024)
        return ""
