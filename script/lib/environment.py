"""The environment in which the scripts run Didim, and Flask's command line in it."""

from __future__ import annotations

import os
import secrets
import sys

from support import INSTANCE, ROOT, stop

FLASK = [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py")]


def own_database() -> str | None:
    """Return the address of a MongoDB of one's own; None means the embedded one."""
    uri = os.environ.get("MONGODB_URI")
    if uri and not os.environ.get("SECRET_KEY"):
        stop(
            "With MONGODB_URI, SECRET_KEY must be set too:"
            " python3 -c 'import secrets; print(secrets.token_urlsafe(48))' makes one.",
            "MONGODB_URI를 쓰려면 SECRET_KEY도 정해야 합니다.",
        )
    return uri or None


def variables(uri: str) -> dict[str, str]:
    """Return the environment for Didim's own processes on this database."""
    ours = {"INSTANCE_PATH": str(INSTANCE), "MONGODB_URI": uri}
    if not os.environ.get("MONGODB_URI"):
        ours["DIDIM_EMBEDDED"] = "1"
        ours["SECRET_KEY"] = os.environ.get("SECRET_KEY") or kept_secret_key()
    address = INSTANCE / "address"  # where script/server served last
    if address.exists():
        ours["PUBLIC_URL"] = os.environ.get("PUBLIC_URL") or address.read_text(encoding="utf-8")
    return {**os.environ, **ours}


def kept_secret_key() -> str:
    """Return the key of this instance folder; the first call makes it."""
    file = INSTANCE / "secret_key"
    INSTANCE.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return file.read_text(encoding="utf-8")
