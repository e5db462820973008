"""Checks the code, then runs the tests; the last line is pytest's summary."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import setup
from support import INSTANCE, ROOT, say, stop

REQUIREMENTS = tuple(f"requirements{part}.txt" for part in ("", "-embedded", "-dev", "-deploy"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_PACKAGES = ("chromium", "fonts-noto-cjk")
TOOLS = {  # what the tests of deploy/ run, and Debian's packages that bring it
    "nginx": ("nginx", "libnginx-mod-http-brotli-filter", "libnginx-mod-http-brotli-static"),
    "systemd-analyze": ("systemd",),
    "certbot": ("certbot",),
    "curl": ("curl",),
    "pebble": ("pebble",),
    "testssl": ("testssl.sh",),
    "cloud-init": ("cloud-init",),
    "gpg": ("gnupg",),
    "mkfs.ext4": ("e2fsprogs",),
}
IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"
CHECKS = {
    "ruff": ("-m", "ruff", "check", "--quiet"),
    "ruff format": ("-m", "ruff", "format", "--check", "--quiet"),
    "mypy": ("-m", "mypy", "--no-error-summary"),
    "import contracts": ("-c", IMPORTS, "--no-logo"),
    "djlint": ("-m", "djlint", "templates", "--lint", "--quiet"),
}
TEXTS = str(INSTANCE / "messages.pot")
EXTRACT = (
    *("extract", "-F", "pyproject.toml", "-k", "lazy_gettext", "--no-location", "--sort-output"),
    *("-o", TEXTS, "blueprints", "templates"),
)
UPDATE = (
    *("update", "--check", "--ignore-obsolete", "--ignore-pot-creation-date"),
    *("-i", TEXTS, "-d", "translations"),
)


def main() -> int:
    """Run everything; return 1 if a check failed, else pytest's exit status."""
    os.chdir(ROOT)
    setup.enter(*REQUIREMENTS)
    install_tools()
    environ = os.environ | with_browser()
    failed = [name for name, command in CHECKS.items() if not passes(name, *command)]
    if not catalogues_are_complete():
        failed.append("translations")
    pytest = [sys.executable, "-m", "pytest", *sys.argv[1:]]
    tests = subprocess.run(pytest, env=environ, check=False).returncode
    if failed:
        say(f"failed before the tests: {', '.join(failed)}; see above")
    return tests or int(bool(failed))


def passes(name: str, *command: str) -> bool:
    """Run one check; show what it says if it fails."""
    done = subprocess.run(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        say(f"{name}:\n{done.stdout}")
    return done.returncode == 0


def catalogues_are_complete() -> bool:
    """Tell whether the catalogues hold every text of the code and the templates."""
    if not Path("translations").is_dir():
        return True
    babel = ("-m", "babel.messages.frontend", "--quiet")
    return passes("extract", *babel, *EXTRACT) and passes("translations", *babel, *UPDATE)


def install_tools() -> None:
    """Install Debian's packages that the tests of deploy/ need, if that can be done."""
    packages = [p for tool, found in TOOLS.items() if shutil.which(tool) is None for p in found]
    if packages:
        apt_install(*packages)


def with_browser() -> dict[str, str]:
    """Return where the browser is; install Debian's if that can be done. CI must have one."""
    found = browser()
    if found is None:
        apt_install(*BROWSER_PACKAGES)
        found = browser()
    if found:
        return {"DIDIM_CHROMIUM": found}
    missing = "There is no Chromium: apt install chromium fonts-noto-cjk"
    korean = "Chromium이 없어 브라우저 시험을 할 수 없습니다."
    if os.environ.get("CI") == "true":
        stop(missing, korean)
    say(f"{missing}; the browser tests are skipped. / {korean}")
    return {}


def apt_install(*packages: str) -> None:
    """Install Debian's packages as root; elsewhere the tests that need them say so."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    say(f"installing {' '.join(packages)} ...")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(["apt-get", "update", "-q"], check=False, **quiet)
    subprocess.run(
        ["apt-get", "install", "-qy", "--no-install-recommends", *packages],
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        check=False,
        **quiet,
    )


def browser() -> str | None:
    """Return the path of this machine's Chromium."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


if __name__ == "__main__":
    sys.exit(main())
