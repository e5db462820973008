"""What one worker weighs after many requests: it must not grow with what it has served.

    .venv/bin/python -m bench.endurance [--requests 100000]

One worker is never renewed, and answers the pages of 500 learners and 100 lessons in turn.
"""

from __future__ import annotations

import argparse
import os

from bench.dashboard import scene_of
from bench.load import measured, pss_megabytes

PART = 5.0  # seconds of each page before the next


def main() -> None:
    """Print the worker's memory (PSS) after each stretch of requests."""
    parser = argparse.ArgumentParser(prog="bench.endurance", description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    wanted = parser.parse_args().requests
    os.environ |= {"WEB_CONCURRENCY": "1", "MAX_REQUESTS": "100000000"}
    with scene_of(500, 100, 0) as scene:
        pages = (
            scene.dashboard,
            f"{scene.dashboard}/matrix.json",
            f"{scene.dashboard}/version",
            f"{scene.dashboard}?step=all&page=2",
            scene.learner_page,
        )
        served = 0.0
        while served < wanted:
            for page in pages:
                sample = measured(page, {scene.site.pid}, seconds=PART, headers=scene.coach.headers)
                served += sample.rate * PART
            (worker,) = scene.site.workers()
            print(f"{served:9,.0f} requests: {pss_megabytes([worker]):.0f} MB")


if __name__ == "__main__":
    main()
