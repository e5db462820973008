"""Runs Flask's command line in Didim's environment, on the database that script/server uses."""

from __future__ import annotations

import signal
import subprocess
import sys

import setup
from environment import FLASK, own_database, variables
from support import INSTANCE, ROOT, stop


def main() -> int:
    """Run one command and return its exit status."""
    uri = own_database()
    setup.enter("requirements.txt", *setup.database_requirements())
    sys.path.insert(0, str(ROOT))
    import embedded  # noqa: PLC0415  needs what was just installed

    try:
        if uri:
            embedded.reachable(uri)
            return flask(uri)
        with embedded.database(INSTANCE) as running:
            return flask(running)
    except embedded.DatabaseUnavailable as error:
        stop(*str(error).split(" / ", 1))


def flask(uri: str) -> int:
    """Run Flask with this command's arguments; Ctrl-C is Flask's to answer."""
    with subprocess.Popen([*FLASK, *sys.argv[1:]], env=variables(uri)) as child:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        return child.wait()


if __name__ == "__main__":
    sys.exit(main())
