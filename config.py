"""Settings, read once from the environment; there is no default secret."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
MEGABYTE = 2**20


class MissingSetting(RuntimeError):
    """The environment lacks what the app cannot do without; the message names it."""


@dataclass(frozen=True)
class Settings:
    """What differs from one machine to the next.

    `embedded`: the database is a child process. `https`: cookies go over TLS alone. `proxies`:
    how many proxies stand in front, whose forwarded headers count. `public_url`: where the site
    is found, for links that a command prints. `log_level`: "info" has a line for each request.
    """

    secret_key: str
    mongodb_uri: str
    mongodb_database: str = "didim"
    instance_path: str = "instance"
    embedded: bool = False
    https: bool = False
    proxies: int = 0
    public_url: str = "http://127.0.0.1:8000"
    log_level: str = "warning"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings. Raises MissingSetting naming the variable that is not set.

        `script/server` and `script/flask` set DIDIM_EMBEDDED for the database that they start.
        """
        missing = [name for name in ("SECRET_KEY", "MONGODB_URI") if not environ.get(name)]
        if missing:
            raise MissingSetting(
                f"{' and '.join(missing)} must be set; script/server sets both for a laptop."
            )
        embedded = environ.get("DIDIM_EMBEDDED") == "1"
        return cls(
            secret_key=environ["SECRET_KEY"],
            mongodb_uri=environ["MONGODB_URI"],
            mongodb_database=environ.get("MONGODB_DATABASE", "didim"),
            instance_path=environ.get("INSTANCE_PATH", "instance"),
            embedded=embedded,
            https=environ.get("DIDIM_HTTPS", "0" if embedded else "1") == "1",
            proxies=int(environ.get("TRUSTED_PROXIES", "0")),
            log_level=environ.get("LOG_LEVEL") or "info",
            public_url=environ.get("PUBLIC_URL", f"http://127.0.0.1:{environ.get('PORT', '8000')}"),
        )

    def for_flask(self) -> dict[str, Any]:
        """Return Flask's configuration."""
        return {
            "SECRET_KEY": self.secret_key,
            "EMBEDDED": self.embedded,
            "LOG_LEVEL": self.log_level,
            "PUBLIC_URL": self.public_url,
            "TRUSTED_PROXIES": self.proxies,
            "MAX_CONTENT_LENGTH": 4 * MEGABYTE,
            "MAX_FORM_MEMORY_SIZE": 4 * MEGABYTE,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.https,
            "REMEMBER_COOKIE_HTTPONLY": True,
            "REMEMBER_COOKIE_SAMESITE": "Lax",
            "REMEMBER_COOKIE_SECURE": self.https,
            "SESSION_PROTECTION": "basic",
            "PERMANENT_SESSION_LIFETIME": timedelta(days=14),  # of those who ask to stay signed in
            "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a long text outlives an hour
            "BABEL_DEFAULT_LOCALE": "ko",
            "BABEL_DEFAULT_TIMEZONE": "Asia/Seoul",
            "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
            "RATELIMIT_STRATEGY": "fixed-window",
        }
