"""Load on a server of this machine, and what it costs: requests, waits, processor time, memory."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

CONNECTIONS = 16
TICKS = os.sysconf("SC_CLK_TCK")
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Sample:
    """`rate` in requests a second, `p50` and `p99` in ms, `cpu` in ms of all servers a request."""

    rate: float
    p50: float
    p99: float
    cpu: float
    refused: int = 0


def processes_under(pids: Iterable[int]) -> set[int]:
    """Return these processes with all their descendants."""
    found = set(pids)
    for pid in tuple(found):
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            found |= processes_under(int(child) for child in task.read_text().split())
    return found


def cpu_seconds(roots: Iterable[int]) -> float:
    """Return the processor time of these processes and their children, ended ones too."""
    total = 0
    for pid in processes_under(roots):
        with suppress(FileNotFoundError):  # it ended just now: its parent tells its time
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11:15]))
    return total / TICKS


def pss_megabytes(roots: Iterable[int]) -> float:
    """Return the memory of these processes and their children, what is shared once (PSS)."""
    total = 0
    for pid in processes_under(roots):
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
        total += int(found.group(1)) if found else 0
    return total / 1024


def measured(
    url: str,
    roots: set[int],
    *,
    seconds: float,
    headers: dict[str, str] | None = None,
    script: Path | None = None,
) -> Sample:
    """Ask for the address over CONNECTIONS connections; by wrk, or by a Python loop without it."""
    before, started = cpu_seconds(roots), time.monotonic()
    if shutil.which("wrk"):
        count, sample = _by_wrk(url, seconds, headers or {}, script)
    elif script:
        raise SystemExit("posting needs wrk: apt-get install wrk")
    else:
        count, sample = _by_loop(url, seconds, headers or {})
    took = time.monotonic() - started
    cpu = (cpu_seconds(roots) - before) * 1000 / max(1, count)
    return Sample(count / took, sample[0], sample[1], cpu, refused=int(sample[2]))


def raw(work: Callable[[], object], roots: set[int], *, seconds: float) -> Sample:
    """Do this over and over in one thread of ours; our own processor time counts too."""
    roots = roots | {os.getpid()}
    waits, before, started = [], cpu_seconds(roots), time.monotonic()
    while (begun := time.monotonic()) - started < seconds:
        work()
        waits.append((time.monotonic() - begun) * 1000)
    took = time.monotonic() - started
    cpu = (cpu_seconds(roots) - before) * 1000 / len(waits)
    return Sample(len(waits) / took, *_p50_p99(waits), cpu)


def _by_wrk(
    url: str, seconds: float, headers: dict[str, str], script: Path | None
) -> tuple[int, tuple[float, float, float]]:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "--latency"]
    command += [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command += ["-s", str(script)] if script else []
    done = subprocess.run([*command, url], capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    count = re.search(r"(\d+) requests in", said)
    wait = dict(re.findall(r"^\s+(50|99)%\s+(\S+)\s*$", said, re.M))
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    assert "99" in wait, said
    assert count
    numbers = (_milliseconds(wait["50"]), _milliseconds(wait["99"]))
    return int(count.group(1)), (*numbers, float(refused.group(1)) if refused else 0.0)


def _milliseconds(text: str) -> float:
    found = re.fullmatch(r"([\d.]+)(us|ms|s)", text)
    assert found, text
    return float(found.group(1)) * UNITS[found.group(2)]


def _by_loop(
    url: str, seconds: float, headers: dict[str, str]
) -> tuple[int, tuple[float, float, float]]:
    parts = urlsplit(url)
    ends = time.monotonic() + seconds

    def ask() -> list[tuple[float, int]]:
        connection, answers = HTTPConnection(parts.netloc, timeout=30), []
        while (begun := time.monotonic()) < ends:
            connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
            response = connection.getresponse()
            response.read()
            answers.append(((time.monotonic() - begun) * 1000, response.status))
        return answers

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        loops = [pool.submit(ask) for _ in range(CONNECTIONS)]
    answers = [answer for loop in loops for answer in loop.result()]
    refused = sum(status >= 400 for _, status in answers)
    return len(answers), (*_p50_p99([wait for wait, _ in answers]), float(refused))


def _p50_p99(waits: list[float]) -> tuple[float, float]:
    cuts = quantiles(waits, n=100)
    return cuts[49], cuts[98]
