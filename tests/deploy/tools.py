"""The programs that the tests of deploy/ run; script/test installs them as root on Debian."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"


def needs(*programs: str) -> pytest.MarkDecorator:
    """Skip a test where one of these programs is missing, with the reason; never in CI."""
    missing = [name for name in programs if shutil.which(name) is None]
    wanted = bool(missing) and os.environ.get("CI") != "true"
    return pytest.mark.skipif(wanted, reason=f"not on this machine: {', '.join(missing)}")
